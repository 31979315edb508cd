import { openAiEmbeddingUsage, openAiUsage } from './openai-usage.js';

describe('openAiUsage', () => {
  it('reads all the counts', () => {
    expect(
      openAiUsage({
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 64, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 30 },
      }),
    ).toEqual({ inputTokens: 100, outputTokens: 50, cachedInputTokens: 64, reasoningTokens: 30 });
  });

  it('counts what the model thought, also where only the total has it', () => {
    expect(openAiUsage({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 45 })).toEqual({
      inputTokens: 10,
      outputTokens: 35,
      reasoningTokens: 30,
    });
    const details = { completion_tokens_details: { reasoning_tokens: 29 } };
    expect(openAiUsage({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 45, ...details })).toMatchObject({
      outputTokens: 35,
      reasoningTokens: 29,
    });
  });

  it('counts what was written to a cache and read from one, whatever the server calls it', () => {
    const counts = { prompt_tokens: 10, completion_tokens: 1 };
    const written = { cached_tokens: 2, cache_write_tokens: 6 };
    expect(openAiUsage({ ...counts, prompt_tokens_details: written })).toMatchObject({
      cachedInputTokens: 2,
      cacheWriteTokens: 6,
    });
    expect(openAiUsage({ ...counts, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 })).toMatchObject({
      cachedInputTokens: 4,
    });
    expect(openAiUsage({ ...counts, cached_tokens: 4 })).toMatchObject({ cachedInputTokens: 4 });
  });

  it('keeps zeros', () => {
    expect(
      openAiUsage({ prompt_tokens: 0, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 0 } }),
    ).toEqual({
      inputTokens: 0,
      outputTokens: 0,
      cachedInputTokens: 0,
    });
  });

  it('takes an embedding’s usage, which has no completion', () => {
    expect(openAiEmbeddingUsage({ prompt_tokens: 8, total_tokens: 8 })).toEqual({ inputTokens: 8, outputTokens: 0 });
  });

  it.each([undefined, -5, 7.5, '7'])('takes no chat usage for one whose completion is %j', (completion_tokens) => {
    expect(openAiUsage({ prompt_tokens: 8, completion_tokens })).toBeUndefined();
  });

  it.each([null, undefined, 'none', [], {}, { prompt_tokens: null }, { prompt_tokens: -1 }, { prompt_tokens: 1.5 }])(
    'finds none in %j',
    (value) => {
      expect(openAiUsage(value)).toBeUndefined();
    },
  );
});
