import { anthropicCapabilities } from './anthropic-models.js';
import { anthropicTraits } from './anthropic-traits.js';

const refusesSampling = (model: string) => !anthropicTraits(model).takesSampling;

describe('anthropicCapabilities', () => {
  it.each([
    ['claude-2.1', 4096],
    ['claude-instant-1.2', 4096],
    ['claude-3-haiku-20240307', 4096],
    ['claude-3-opus-latest', 4096],
    ['claude-3-5-sonnet-20241022', 8192],
    ['claude-3-5-haiku-latest', 8192],
    ['claude-3-7-sonnet-latest', 64_000],
    ['claude-opus-4-20250514', 32_000],
    ['claude-opus-4-0', 32_000],
    ['claude-opus-4-1-20250805', 32_000],
    ['claude-opus-4-5-20251101', 64_000],
    ['claude-sonnet-4-20250514', 64_000],
    ['claude-haiku-4-5', 64_000],
    ['claude-opus-4-6', 128_000],
    ['claude-sonnet-5-5', 128_000],
    ['sim-5-0ms', 4096],
  ])('lets %s answer %i tokens', (model, tokens) => {
    expect(anthropicCapabilities(model).maxOutputTokens).toBe(tokens);
  });

  it('knows its own models and has no embeddings', () => {
    expect(anthropicCapabilities('claude-haiku-4-5')).toMatchObject({
      isNative: true,
      embeddings: false,
      hiddenReasoning: false,
    });
    expect(anthropicCapabilities('gpt-4').isNative).toBe(false);
    expect(anthropicCapabilities('my-claude-3').isNative).toBe(false);
  });
});

describe('what a model is known to take', () => {
  it.each([
    ['claude-2.1', { tools: false, images: false, prefill: true, contextTokens: 200_000 }],
    ['claude-3-5-haiku-latest', { tools: true, images: true, prefill: true, hiddenReasoning: false }],
    ['claude-haiku-4-5-20251001', { prefill: true, hiddenReasoning: false, contextTokens: 200_000 }],
    ['claude-opus-4-6', { prefill: false, hiddenReasoning: false, contextTokens: 1_000_000 }],
    ['claude-sonnet-5', { prefill: false, hiddenReasoning: true, contextTokens: 1_000_000, logprobs: false }],
    ['claude-mythos-preview', { prefill: false, structuredOutput: true }],
    ['anthropic/claude-opus-4-6', { isNative: false, prefill: false, maxOutputTokens: 128_000 }],
    ['us.anthropic.claude-opus-4-5-20251101-v1:0', { prefill: true, maxOutputTokens: 64_000 }],
    ['my-model', { tools: true, images: true, prefill: true }],
  ])('%s: %j', (model, expected) => {
    expect(anthropicCapabilities(model)).toMatchObject(expected);
  });

  it.each([
    ['claude-opus-4-1', { knowsSchemas: true, thinking: 'budget', efforts: [] }],
    ['claude-sonnet-4-0', { knowsSchemas: false, thinking: 'budget' }],
    ['claude-opus-4-5', { knowsSchemas: true, thinking: 'budget', efforts: ['low', 'medium', 'high'] }],
    ['claude-opus-4-6', { thinking: 'adaptive', takesBudget: true, takesForcedTools: true }],
    ['claude-opus-5', { takesForcedTools: true, leastThinking: 'disabled' }],
    ['claude-haiku-5-5', { takesForcedTools: true, leastThinking: 'disabled' }],
    ['claude-opus-5-5', { takesForcedTools: false, leastThinking: 'always' }],
    ['claude-fable-5', { takesForcedTools: true, leastThinking: 'always' }],
    ['claude-fable-5-1', { takesForcedTools: false, leastThinking: 'always' }],
    ['claude-sonnet-5-5', { takesForcedTools: false, leastThinking: 'between_tools' }],
  ])('%s in particular: %j', (model, expected) => {
    expect(anthropicTraits(model)).toMatchObject(expected);
  });
});

describe('refusesSampling', () => {
  it('is for Opus 4.7 and later only', () => {
    const refuses = [
      'claude-opus-4-7',
      'claude-opus-4-8',
      'claude-opus-4-12',
      'claude-sonnet-5',
      'claude-haiku-5-5-20261001',
      'claude-opus-10',
      'claude-mythos-preview',
    ];
    const takes = [
      'claude-3-5-sonnet-20241022',
      'claude-opus-4-20250514',
      'claude-sonnet-4-0',
      'claude-opus-4-6',
      'claude-haiku-4-5-20251001',
      'claude-2.1',
      'sim-5-0ms',
    ];
    expect(refuses.filter(refusesSampling)).toEqual(refuses);
    expect(takes.filter(refusesSampling)).toEqual([]);
  });
});
