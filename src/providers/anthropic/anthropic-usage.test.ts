import { AnthropicUsage } from './anthropic-usage.js';

describe('AnthropicUsage', () => {
  it('counts the cached parts of a prompt into the prompt', () => {
    const usage = new AnthropicUsage();
    const start = {
      input_tokens: 10,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 1000,
      output_tokens: 1,
    };
    expect(usage.update(start)).toEqual({
      inputTokens: 1110,
      outputTokens: 1,
      cachedInputTokens: 100,
      cacheWriteTokens: 1000,
    });
  });

  it('replaces the answer’s count by the newer one and keeps the prompt’s', () => {
    const usage = new AnthropicUsage();
    usage.update({ input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 1 });
    expect(usage.update({ output_tokens: 7 })).toEqual({ inputTokens: 15, outputTokens: 7, cachedInputTokens: 5 });
    expect(
      usage.update({ output_tokens: 9, input_tokens: null, output_tokens_details: { thinking_tokens: 4 } }),
    ).toEqual({
      inputTokens: 15,
      outputTokens: 9,
      cachedInputTokens: 5,
      reasoningTokens: 4,
    });
  });

  it('takes the prompt’s count again where the end brings it', () => {
    const usage = new AnthropicUsage();
    usage.update({ input_tokens: 10, output_tokens: 1 });
    expect(usage.update({ input_tokens: 12, output_tokens: 3 })).toEqual({ inputTokens: 12, outputTokens: 3 });
  });

  it('tells what the cache keeps for an hour', () => {
    const usage = new AnthropicUsage();
    const cache_creation = { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 30 };
    usage.begin({ input_tokens: 10, cache_creation_input_tokens: 50, cache_creation });
    expect(usage.update({ output_tokens: 1 })).toEqual({
      inputTokens: 60,
      outputTokens: 1,
      cacheWriteTokens: 50,
      cacheWriteHourTokens: 30,
    });
  });

  it('keeps zeros', () => {
    const zero = { input_tokens: 0, output_tokens: 0, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
    expect(new AnthropicUsage().update(zero)).toEqual({
      inputTokens: 0,
      outputTokens: 0,
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
    });
  });

  it('has nothing to say until the prompt was counted', () => {
    const usage = new AnthropicUsage();
    expect([usage.update(undefined), usage.update({}), usage.update({ output_tokens: 3 })]).toEqual(
      Array(3).fill(undefined),
    );
    expect(usage.update({ input_tokens: 1 })).toBeUndefined();
    expect(usage.update({ output_tokens: 4 })).toEqual({ inputTokens: 1, outputTokens: 4 });
  });

  it('takes what the start says of the answer for no count of it', () => {
    const usage = new AnthropicUsage();
    usage.begin({ input_tokens: 10, output_tokens: 1 });
    expect(usage.update(undefined)).toBeUndefined();
    expect(usage.update({ output_tokens: '50' })).toBeUndefined();
    expect(usage.update({ output_tokens: 50 })).toEqual({ inputTokens: 10, outputTokens: 50 });
  });
});
