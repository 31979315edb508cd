import { openAiCapabilities } from './openai-models.js';
import { openAiTraits } from './openai-traits.js';

const needsCompletionTokensLimit = (model: string) => openAiTraits(model).needsCompletionTokensLimit;
const refusesSampling = (model: string) => (openAiTraits(model).efforts ?? []).length > 0;

describe('openAiCapabilities', () => {
  it.each([
    ['gpt-3.5-turbo', 4096],
    ['gpt-4', 4096],
    ['gpt-4-0613', 4096],
    ['gpt-4-turbo-2024-04-09', 4096],
    ['gpt-4o', 16_384],
    ['gpt-4o-mini', 16_384],
    ['gpt-4o-2024-05-13', 4096],
    ['chatgpt-4o-latest', 16_384],
    ['gpt-4.1', 32_768],
    ['gpt-4.1-nano', 32_768],
    ['o1', 100_000],
    ['o3-mini', 100_000],
    ['o4-mini-2025-04-16', 100_000],
    ['gpt-5', 128_000],
    ['gpt-5-chat-latest', 16_384],
    ['gpt-5.2-mini', 128_000],
    ['gpt-6', 128_000],
    ['gpt-10-pro', 128_000],
    ['ft:gpt-4o-mini-2024-07-18:org::id', 16_384],
    ['llama3.2', 4096],
    ['sim-100-20ms', 4096],
  ])('lets %s answer %i tokens', (model, tokens) => {
    expect(openAiCapabilities(model).maxOutputTokens).toBe(tokens);
  });

  it.each([
    'gpt-4',
    'chatgpt-4o-latest',
    'o1',
    'o3-mini',
    'o4-mini',
    'text-embedding-3-small',
    'ft:gpt-4.1:o::i',
    'davinci-002',
    'babbage-002',
  ])('knows %s for one of its own', (model) => {
    expect(openAiCapabilities(model)).toMatchObject({ isNative: true, embeddings: true });
  });

  it.each(['claude-3-5-haiku-latest', 'llama3.2', 'openai/gpt-4o', 'o2', 'oracle', 'sim-5-0ms', ''])(
    'knows %j for a stranger',
    (model) => {
      expect(openAiCapabilities(model).isNative).toBe(false);
    },
  );

  it('tells the models that reason unseen, which refuse sampling parameters', () => {
    const hidden = ['o1', 'o3-mini', 'gpt-5', 'gpt-5-mini', 'gpt-5.1', 'gpt-6', 'ft:o4-mini:org::id'];
    const open = ['gpt-4o', 'gpt-4.1', 'gpt-5-chat-latest', 'gpt-5.2-chat-latest', 'deepseek-r1', 'olmo-2'];
    expect(hidden.filter((model) => openAiCapabilities(model).hiddenReasoning && refusesSampling(model))).toEqual(
      hidden,
    );
    expect(open.filter((model) => openAiCapabilities(model).hiddenReasoning || refusesSampling(model))).toEqual([]);
  });
});

describe('the output limit’s newer name', () => {
  it('is for the o-series and gpt-5 or later only', () => {
    expect(['o1', 'o4-mini', 'gpt-5', 'gpt-5-chat-latest', 'gpt-12'].every(needsCompletionTokensLimit)).toBe(true);
    expect(['gpt-4o', 'gpt-4.1', 'gpt-3.5-turbo', 'llama3', 'sim-5-0ms', 'o'].some(needsCompletionTokensLimit)).toBe(
      false,
    );
  });
});
