import { embeddingBody, embeddingTokensOf, embeddingVector, parseEmbeddingRequest } from './openai-embeddings.js';

const parse = (body: object) => parseEmbeddingRequest({ model: 'text-embedding-3-small', input: 'Hello', ...body });
const length = (vector: Float32Array) => Math.hypot(...vector);

describe('embeddings', () => {
  it('have the dimensions of their model, or fewer where asked', () => {
    expect(parse({}).dimensions).toBe(1536);
    expect(parse({ model: 'text-embedding-3-large' }).dimensions).toBe(3072);
    expect(parse({ model: 'another' }).dimensions).toBe(8);
    expect(parse({ dimensions: 256 }).dimensions).toBe(256);
  });

  it('are unit vectors of the text alone', () => {
    const vector = embeddingVector('m', 'Hello', 1536);
    expect(length(vector)).toBeCloseTo(1, 5);
    expect(embeddingVector('m', 'Hello', 1536)).toEqual(vector);
    expect(embeddingVector('m', 'Hallo', 1536)).not.toEqual(vector);
  });

  it('are shortened by leaving the end away', () => {
    const long = embeddingVector('m', 'Hello', 8);
    const short = embeddingVector('m', 'Hello', 4);
    expect(length(short)).toBeCloseTo(1, 5);
    expect(short[1]! / short[0]!).toBeCloseTo(long[1]! / long[0]!, 4);
  });

  it('are the same as numbers and as base64', () => {
    const [float, base64] = [false, true].map(
      (isBase64) => embeddingBody({ ...parse({}), isBase64 }, 2) as { data: { embedding: unknown }[] },
    );
    const bytes = Buffer.from(base64!.data[0]!.embedding as string, 'base64');
    const numbers = Array.from({ length: 1536 }, (_, index) => bytes.readFloatLE(index * 4));
    expect(numbers).toEqual(float!.data[0]!.embedding);
  });

  it('count texts by their bytes and tokens by their number', () => {
    expect(embeddingTokensOf(['Hello', 'Hi'])).toBe(3);
    expect(embeddingTokensOf(parse({ input: [1, 2, 3] }).inputs)).toBe(3);
    expect(embeddingTokensOf(parse({ input: [[1, 2], [3]] }).inputs)).toBe(3);
  });

  it.each([
    [{ model: undefined }, 'model'],
    [{ input: '' }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: ['a', 1] }, 'input'],
    [{ input: undefined }, 'input'],
    [{ dimensions: 1537 }, 'dimensions'],
    [{ model: 'text-embedding-ada-002', dimensions: 8 }, 'dimensions'],
    [{ encoding_format: 'int8' }, 'encoding_format'],
  ])('refuse %j', (body, param) => {
    expect(() => parse(body)).toThrow(expect.objectContaining({ error: expect.objectContaining({ param }) }));
  });
});
