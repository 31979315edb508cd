import { openAiEmbedding } from './openai-embedding.js';

describe('openAiEmbedding', () => {
  it('puts the vectors into the inputs’ order', () => {
    const data = [
      { index: 1, embedding: [3, 4] },
      { index: 0, embedding: [1, 2] },
    ];
    expect(openAiEmbedding('openai', { data, usage: { prompt_tokens: 5, total_tokens: 5 } }, 2)).toEqual({
      vectors: [
        [1, 2],
        [3, 4],
      ],
      usage: { inputTokens: 5, outputTokens: 0 },
    });
  });

  it('takes them as they come where they have no index, and does without usage', () => {
    expect(openAiEmbedding('openai', { data: [{ embedding: [1] }, { embedding: [2] }] }, 2)).toEqual({
      vectors: [[1], [2]],
    });
  });

  it.each([
    null,
    {},
    { data: [] },
    { data: [{ index: 0, embedding: 'AACAPw==' }] },
    { data: [{ index: 5, embedding: [1] }] },
    { data: [{ index: 0, embedding: [] }] },
    { data: [{ index: 0, embedding: [1, null, 'x'] }] },
    { data: [{ index: 0, embedding: [1, Infinity] }] },
  ])('refuses %j, where a vector is missing', (answer) => {
    expect(() => openAiEmbedding('openai', answer, 1)).toThrow(expect.objectContaining({ kind: 'malformed_response' }));
  });

  it('passes base64 as it is, and makes it of numbers where a server knows nothing else', () => {
    const base64 = (embedding: unknown) => openAiEmbedding('openai', { data: [{ embedding }] }, 1, 'base64').vectors;
    expect(base64('AACAPwAAAEA=')).toEqual(['AACAPwAAAEA=']);
    expect(base64([1, 2])).toEqual(['AACAPwAAAEA=']);
    expect(() => base64('"no base64"')).toThrow(expect.objectContaining({ kind: 'malformed_response' }));
  });
});
