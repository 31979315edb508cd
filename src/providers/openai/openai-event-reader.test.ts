import type { StreamPart } from '../contract/stream-part.js';
import { OpenAiEventReader } from './openai-event-reader.js';

const chunk = (choice: object, more: object = {}) =>
  JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, finish_reason: null, ...choice }], ...more });
const USAGE = { prompt_tokens: 3, completion_tokens: 2 };
const USAGE_PART: StreamPart = { type: 'usage', usage: { inputTokens: 3, outputTokens: 2 } };

function read(...data: string[]) {
  const reader = new OpenAiEventReader('openai');
  const parts: StreamPart[] = [];
  const outcomes = data.map((one) => reader.read(one, parts));
  return { parts, outcomes, hasFinished: reader.hasFinished };
}

describe('OpenAiEventReader', () => {
  it('reads an answer from its role to [DONE]', () => {
    const { parts, outcomes, hasFinished } = read(
      chunk({ delta: { role: 'assistant', content: '' } }),
      chunk({ delta: { content: 'Hello' } }),
      chunk({ delta: { content: ' world' } }, { usage: null }),
      chunk({ delta: {}, finish_reason: 'stop' }),
      '[DONE]',
    );
    expect(parts).toEqual([
      { type: 'text-delta', text: 'Hello' },
      { type: 'text-delta', text: ' world' },
      { type: 'finish', reason: 'stop' },
    ]);
    expect(outcomes).toEqual(['more', 'more', 'more', 'more', 'end']);
    expect(hasFinished).toBe(true);
  });

  it('ends with the usage after the finish reason, [DONE] or not', () => {
    const { parts, outcomes } = read(
      chunk({ delta: {}, finish_reason: 'length' }),
      JSON.stringify({ choices: [], usage: USAGE }),
    );
    expect(parts).toEqual([{ type: 'finish', reason: 'length' }, USAGE_PART]);
    expect(outcomes).toEqual(['more', 'end']);
  });

  it('goes on after usage that comes before or with the finish reason', () => {
    const { outcomes } = read(
      chunk({ delta: { content: 'a' } }, { usage: USAGE }),
      chunk({ delta: {}, finish_reason: 'stop' }, { usage: USAGE }),
    );
    expect(outcomes).toEqual(['more', 'more']);
  });

  it('reads reasoning under either name, and a refusal as text', () => {
    expect(
      read(
        chunk({ delta: { reasoning_content: 'hm' } }),
        chunk({ delta: { reasoning: 'so' } }),
        chunk({ delta: { content: null, refusal: 'No.' } }),
      ).parts,
    ).toEqual([
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'reasoning-delta', text: 'so' },
      { type: 'text-delta', text: 'No.' },
    ]);
  });

  it('reads reasoning and text that come as details or parts', () => {
    const details = [
      { type: 'reasoning.text', text: 'a', signature: 's' },
      { type: 'reasoning.encrypted', data: 'x' },
    ];
    const parts = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'c' }] },
      { type: 'text', text: 'd' },
    ];
    expect(
      read(
        chunk({ delta: { reasoning_details: details } }),
        chunk({ delta: { reasoning: 'b', reasoning_details: details } }),
        chunk({ delta: { content: parts } }),
        chunk({ delta: { reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] } }),
      ).parts,
    ).toEqual([
      { type: 'reasoning-delta', text: 'a' },
      { type: 'reasoning-delta', text: 'b' },
      { type: 'reasoning-delta', text: 'c' },
      { type: 'text-delta', text: 'd' },
    ]);
  });

  it('reads log probabilities with their text', () => {
    const content = [{ token: 'a', logprob: -0.1, bytes: [97], top_logprobs: [] }];
    expect(read(chunk({ delta: { content: 'a' }, logprobs: { content, refusal: null } })).parts).toEqual([
      { type: 'text-delta', text: 'a', logprobs: content },
    ]);
    expect(read(chunk({ delta: { content: 'a' }, logprobs: null })).parts).toEqual([{ type: 'text-delta', text: 'a' }]);
  });

  it('reads tool calls, and ends for them whatever reason the server gives', () => {
    const call = { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } };
    expect(read(chunk({ delta: { tool_calls: [call] } }), chunk({ delta: {}, finish_reason: 'stop' })).parts).toEqual([
      { type: 'tool-call-delta', index: 0, id: 'a', name: 'f', argumentsText: '{}' },
      { type: 'finish', reason: 'tool_calls' },
    ]);
    expect(
      read(chunk({ delta: { function_call: { name: 'f', arguments: '{}' } }, finish_reason: 'function_call' })).parts,
    ).toMatchObject([{ name: 'f' }, { type: 'finish', reason: 'tool_calls' }]);
  });

  it('finds usage where Groq and Moonshot put it', () => {
    expect(read(JSON.stringify({ choices: [], x_groq: { usage: USAGE } })).parts).toEqual([USAGE_PART]);
    expect(read(chunk({ delta: {}, finish_reason: 'stop', usage: USAGE })).parts).toContainEqual(USAGE_PART);
  });

  it('throws a finish reason that means failure', () => {
    const failed = chunk({ delta: {}, finish_reason: 'error', error: { code: 429, message: 'busy' } });
    expect(() => read(failed)).toThrow(expect.objectContaining({ kind: 'rate_limited', message: 'busy' }));
    expect(() => read(chunk({ finish_reason: 'error' }))).toThrow(expect.objectContaining({ kind: 'server_error' }));
  });

  it('takes the first finish reason only', () => {
    expect(read(chunk({ finish_reason: 'stop' }), chunk({ finish_reason: 'length' })).parts).toHaveLength(1);
  });

  it('skips the chunks of any choice but the first, which may have no index', () => {
    const { parts, outcomes, hasFinished } = read(
      chunk({ delta: { content: 'a' }, index: undefined }),
      chunk({ delta: { content: 'other' }, finish_reason: 'stop', index: 1 }),
      chunk({ delta: { content: 'b' }, index: null }),
    );
    expect(parts).toEqual(['a', 'b'].map((text) => ({ type: 'text-delta', text })));
    expect(outcomes).toEqual(['more', 'more', 'more']);
    expect(hasFinished).toBe(false);
  });

  it('passes over chunks without choices, as Azure begins', () => {
    expect(read('{"choices":[],"prompt_filter_results":[]}', '{}')).toMatchObject({
      parts: [],
      outcomes: ['more', 'more'],
    });
  });

  it.each(['{"choices":[', '', 'null', '7', '[]'])('makes nothing of %j', (data) => {
    expect(read(data).outcomes).toEqual(['malformed']);
  });

  it.each([
    ['{"error":{"message":"boom","type":"server_error"}}', 'server_error'],
    ['{"error":{"message":"slow","code":"rate_limit_exceeded"}}', 'rate_limited'],
    ['{"error":{"message":"slow","code":429}}', 'rate_limited'],
    ['{"error":{"message":"long","code":"context_length_exceeded"}}', 'context_length_exceeded'],
    ['{"error":"gone"}', 'server_error'],
    ['{"object":"error","message":"bad","code":400}', 'bad_request'],
  ])('throws %s as %s', (data, kind) => {
    expect(() => read(data)).toThrow(expect.objectContaining({ name: 'ProviderError', kind }));
  });
});
