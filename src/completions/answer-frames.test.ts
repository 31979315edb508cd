import { chunkFrame, completionFrame, doneFrame, embeddingFrame, errorFrame } from './answer-frames.js';

const usage = {
  usage: { inputTokens: 150, outputTokens: 300, cachedInputTokens: 10 },
  usageSource: 'provider' as const,
};
const metadata = { model: 'gpt-4', provider: 'openai', latency: 12, finishReason: 'stop', attempts: 1 };
const parse = (frame: string) => JSON.parse(frame.replaceAll('\u0001', '45').replaceAll('\u0002', '55.5'));

describe('the frames of an answer', () => {
  it('are JSON whatever the text holds, on one line', () => {
    const text = 'a"b\\c\n\u0000\u0001\u2028\ud800 {"id":1}';
    const frame = chunkFrame('"id-1"', 3, { text });
    for (const raw of ['\n', '\u0001', '\u0002']) expect(frame).not.toContain(raw);
    expect(JSON.parse(frame)).toEqual({ id: 'id-1', type: 'chunk', data: text, seq: 3 });
  });

  it('carry reasoning beside an empty text', () => {
    expect(JSON.parse(chunkFrame('"i"', 1, { text: '', reasoning: 'hm' }))).toEqual({
      id: 'i',
      type: 'chunk',
      data: '',
      reasoning: 'hm',
      seq: 1,
    });
  });

  it('leave credits and balance to the ledger', () => {
    expect(parse(doneFrame('"i"', 9, usage, metadata))).toEqual({
      id: 'i',
      type: 'done',
      seq: 9,
      usage: {
        promptTokens: 150,
        completionTokens: 300,
        totalTokens: 450,
        credits: 45,
        usageSource: 'provider',
        cachedTokens: 10,
      },
      metadata,
      balance: 55.5,
    });
  });

  it('say what was read from the cache and written to it', () => {
    const cached = { cachedInputTokens: 10, cacheWriteTokens: 20, cacheWriteHourTokens: 5, reasoningTokens: 7 };
    const frame = doneFrame('"i"', 1, { ...usage, usage: { ...usage.usage, ...cached } }, metadata);
    expect(parse(frame).usage).toMatchObject({
      cachedTokens: 10,
      cacheWriteTokens: 20,
      cacheWriteHourTokens: 5,
      reasoningTokens: 7,
    });
  });

  it('name whose answer it is on a chunk that is told it', () => {
    const source = { model: 'gpt-4', providerId: 'openai' };
    expect(JSON.parse(chunkFrame('"i"', 1, { text: 'a' }, source))).toEqual({
      id: 'i',
      type: 'chunk',
      data: 'a',
      model: 'gpt-4',
      provider: 'openai',
      seq: 1,
    });
  });

  it('carry tool calls and log probabilities', () => {
    const toolCalls = [{ index: 0, id: 'c', name: 'f', arguments: '' }];
    const logprobs = [{ token: 'a', logprob: -1, bytes: null }];
    expect(JSON.parse(chunkFrame('"i"', 1, { text: '', toolCalls }))).toMatchObject({ data: '', toolCalls });
    expect(JSON.parse(chunkFrame('"i"', 1, { text: 'a', logprobs }))).toMatchObject({ data: 'a', logprobs });
  });

  it('give a whole answer the given shape', () => {
    const content = { text: 'text', reasoning: [], toolCalls: [], logprobs: [] };
    expect(Object.keys(parse(completionFrame('"i"', content, usage, metadata)))).toEqual([
      'id',
      'type',
      'data',
      'usage',
      'metadata',
      'balance',
    ]);
  });

  it('give a whole answer all that it has beside its text', () => {
    const toolCalls = [{ id: 'c', name: 'f', arguments: '{}' }];
    const logprobs = [{ token: 'a', logprob: -1, bytes: null }];
    const reasoning = [{ text: 'one ' }, { text: 'two', signature: 's' }, { redacted: 'r' }];
    const content = { text: '', reasoning, toolCalls, logprobs };
    expect(parse(completionFrame('"i"', content, usage, metadata))).toMatchObject({
      data: '',
      reasoning: 'one two',
      reasoningBlocks: reasoning,
      toolCalls,
      logprobs,
    });
  });

  it('give one vector for one text and a list for a list, as text and as numbers', () => {
    const one = parse(embeddingFrame('"i"', [[0.5, -1]], true, usage, metadata));
    expect(JSON.parse(one.data)).toEqual([0.5, -1]);
    expect(one.embeddings).toEqual([[0.5, -1]]);
    expect(JSON.parse(parse(embeddingFrame('"i"', [[1], [2]], false, usage, metadata)).data)).toEqual([[1], [2]]);
  });

  it('end with an error that carries the bill', () => {
    const error = { code: 'UPSTREAM_LOST' as const, message: 'm', retryable: true };
    expect(parse(errorFrame('"i"', 4, error, usage, metadata))).toMatchObject({
      type: 'error',
      seq: 4,
      error,
      usage: { credits: 45 },
    });
  });
});
