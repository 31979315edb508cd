import { listedModels, similarModel } from './similar-model.js';

const OPENAI = listedModels('openai');
const ANTHROPIC = listedModels('anthropic');

describe('the model most like one that is gone', () => {
  it.each([
    ['gpt-4-0314', OPENAI, 'gpt-4'],
    ['gpt-4o-2024-08-06', OPENAI, 'gpt-4o'],
    ['gpt-4o-mini-2024-07-18', OPENAI, 'gpt-4o-mini'],
    ['gpt-3.5-turbo-16k-0613', OPENAI, 'gpt-3.5-turbo-16k'],
    ['gpt-5.4-2026-01-01', OPENAI, 'gpt-5.4'],
    ['o3-mini-2025-01-31', OPENAI, 'o3-mini'],
    ['o2-mini', OPENAI, 'o3-mini'],
    ['gpt-5.9-nano', OPENAI, 'gpt-5.4-nano'],
    ['claude-3-5-sonnet-20240620', ANTHROPIC, 'claude-3-5-sonnet'],
    ['claude-3-7-sonnet-20250219', ANTHROPIC, 'claude-3-7-sonnet-latest'],
    ['claude-sonnet-4-9', ANTHROPIC, 'claude-sonnet-5'],
    ['claude-haiku-3-9', ANTHROPIC, 'claude-haiku-4-5'],
    ['text-embedding-3-small-2', OPENAI, 'text-embedding-3-small'],
  ] as const)('of %s', (model, known, nearest) => {
    expect(similarModel(model, known)).toBe(nearest);
  });

  it('is never the model itself, nor one for other work', () => {
    expect(similarModel('gpt-4o', OPENAI)).not.toBe('gpt-4o');
    expect(similarModel('gpt-4.9', ['gpt-4.9-audio', 'gpt-4.9-mini', 'gpt-4.9', 'gpt-4.1'])).toBe('gpt-4.1');
  });

  it('is none where nothing is like it, or the provider is not listed', () => {
    expect(similarModel('qwen-9', OPENAI)).toBeUndefined();
    expect(similarModel('gpt-4', listedModels('nobody'))).toBeUndefined();
  });
});
