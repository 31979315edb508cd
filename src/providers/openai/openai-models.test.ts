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

describe('what chat completions take', () => {
  const can = (capability: 'tools' | 'images' | 'structuredOutput' | 'logprobs', model: string) =>
    openAiCapabilities(model)[capability];

  it.each([
    ['gpt-3.5-turbo', { tools: true, images: false, structuredOutput: false, logprobs: true, contextTokens: 16_385 }],
    ['gpt-4', { tools: true, images: false, structuredOutput: false, logprobs: true, contextTokens: 8192 }],
    ['gpt-4-turbo', { tools: true, images: true, structuredOutput: false, contextTokens: 128_000 }],
    ['gpt-4o-mini', { tools: true, images: true, structuredOutput: true, logprobs: true, contextTokens: 128_000 }],
    ['gpt-4.1-nano', { tools: true, images: true, structuredOutput: true, contextTokens: 1_047_576 }],
    ['o3-mini', { tools: true, images: false, structuredOutput: true, logprobs: false, contextTokens: 200_000 }],
    ['gpt-5-mini', { tools: true, images: true, structuredOutput: true, logprobs: false, contextTokens: 400_000 }],
    ['gpt-5.4', { tools: true, contextTokens: 1_050_000 }],
    ['gpt-5.4-nano', { tools: true, contextTokens: 400_000 }],
    ['gpt-6-sol', { tools: true, images: true, contextTokens: 1_050_000 }],
    ['gpt-6-astra', { tools: false, images: true, structuredOutput: true }],
    ['gpt-6.2-sol', { tools: false }],
    ['gpt-oss-120b', { isNative: false, tools: true, hiddenReasoning: false }],
  ])('%s: %j', (model, expected) => {
    expect(openAiCapabilities(model)).toMatchObject(expected);
  });

  it('is everything, for a stranger, whose window nobody knows', () => {
    for (const each of ['tools', 'images', 'structuredOutput', 'logprobs'] as const)
      expect(can(each, 'llama3.2')).toBe(true);
    expect(openAiCapabilities('llama3.2')).not.toHaveProperty('contextTokens');
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
