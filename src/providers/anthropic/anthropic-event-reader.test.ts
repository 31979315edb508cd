import type { StreamPart } from '../contract/stream-part.js';
import { AnthropicEventReader } from './anthropic-event-reader.js';

const START = '{"type":"message_start","message":{"usage":{"input_tokens":3,"output_tokens":1}}}';
const delta = (type: string, field: object) =>
  JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type, ...field } });

function read(...data: string[]) {
  const reader = new AnthropicEventReader('claude');
  const parts: StreamPart[] = [];
  const outcomes = data.map((one) => reader.read(one, parts));
  return { parts, outcomes, hasFinished: reader.hasFinished };
}

describe('AnthropicEventReader', () => {
  it('reads a message from its start to its stop', () => {
    const { parts, outcomes, hasFinished } = read(
      START,
      '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
      '{"type":"ping"}',
      delta('text_delta', { text: 'Hello' }),
      '{"type":"content_block_stop","index":0}',
      '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}',
      '{"type":"message_stop"}',
    );
    expect(parts).toEqual([
      { type: 'text-delta', text: 'Hello' },
      { type: 'usage', usage: { inputTokens: 3, outputTokens: 7 } },
      { type: 'finish', reason: 'stop' },
    ]);
    expect(outcomes.pop()).toBe('end');
    expect(new Set(outcomes)).toEqual(new Set(['more']));
    expect(hasFinished).toBe(true);
  });

  it('tells thinking from text, with the signature at the end of a thought', () => {
    expect(
      read(
        '{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"well","signature":""}}',
        delta('thinking_delta', { thinking: 'hm' }),
        delta('signature_delta', { signature: 'xyz' }),
        '{"type":"content_block_stop","index":0}',
        '{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"abc"}}',
        '{"type":"content_block_start","index":2,"content_block":{"type":"text","text":"So"}}',
        delta('text_delta', { text: '' }),
      ).parts,
    ).toEqual([
      { type: 'reasoning-delta', text: 'well' },
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'reasoning-delta', text: '', signature: 'xyz' },
      { type: 'reasoning-delta', text: '', redacted: 'abc' },
      { type: 'text-delta', text: 'So' },
    ]);
  });

  it('waits for the stop reason, which not every message_delta has', () => {
    expect(read('{"type":"message_delta","delta":{"stop_reason":null}}')).toMatchObject({
      parts: [],
      hasFinished: false,
    });
  });

  it('passes over events that it does not know', () => {
    expect(read('{"type":"something_new"}').outcomes).toEqual(['more']);
  });

  it.each(['{"type":', '', 'null', '[]', '{}'])('makes nothing of %j', (data) => {
    expect(read(data).outcomes).toEqual(['malformed']);
  });

  it.each([
    ['overloaded_error', 'server_error'],
    ['api_error', 'server_error'],
    ['timeout_error', 'server_error'],
    ['rate_limit_error', 'rate_limited'],
    ['billing_error', 'quota_exhausted'],
    ['authentication_error', 'unauthorized'],
    ['not_found_error', 'model_not_found'],
    ['invalid_request_error', 'bad_request'],
  ])('throws an %s event as %s', (type, kind) => {
    const data = JSON.stringify({ type: 'error', error: { type, message: 'sorry' } });
    expect(() => read(data)).toThrow(expect.objectContaining({ name: 'ProviderError', kind, message: 'sorry' }));
  });

  it('throws an error event without any particulars', () => {
    expect(() => read('{"type":"error"}')).toThrow(expect.objectContaining({ kind: 'server_error' }));
  });
});
