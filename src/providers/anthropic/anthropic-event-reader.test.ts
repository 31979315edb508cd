import type { StreamPart } from '../contract/stream-part.js';
import { AnthropicEventReader, type ReaderOptions } from './anthropic-event-reader.js';

const START = '{"type":"message_start","message":{"usage":{"input_tokens":3,"output_tokens":1}}}';
const delta = (type: string, field: object) =>
  JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type, ...field } });

const read = (...data: string[]) => readWith({}, ...data);

function readWith(options: ReaderOptions, ...data: string[]) {
  const reader = new AnthropicEventReader('claude', options);
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

  const tool = (index: number, name: string, input: object = {}) =>
    JSON.stringify({
      type: 'content_block_start',
      index,
      content_block: { type: 'tool_use', id: `toolu_${index}`, name, input },
    });
  const json = (index: number, partial_json: string) =>
    JSON.stringify({ type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json } });
  const stop = (index: number) => JSON.stringify({ type: 'content_block_stop', index });
  const end = (stop_reason: string, stop_sequence: string | null = null) =>
    JSON.stringify({ type: 'message_delta', delta: { stop_reason, stop_sequence }, usage: { output_tokens: 7 } });

  it('reads tool calls, numbered among themselves', () => {
    const { parts } = read(
      '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Wait."}}',
      tool(1, 'f'),
      json(1, ''),
      json(1, '{"a"'),
      json(1, ':1}'),
      stop(1),
      tool(2, 'now'),
      json(2, ''),
      stop(2),
      tool(3, 'g', { b: 2 }),
      stop(3),
      end('tool_use'),
    );
    expect(parts).toEqual([
      { type: 'text-delta', text: 'Wait.' },
      { type: 'tool-call-delta', index: 0, id: 'toolu_1', name: 'f', argumentsText: '' },
      { type: 'tool-call-delta', index: 0, argumentsText: '{"a"' },
      { type: 'tool-call-delta', index: 0, argumentsText: ':1}' },
      { type: 'tool-call-delta', index: 1, id: 'toolu_2', name: 'now', argumentsText: '' },
      { type: 'tool-call-delta', index: 1, argumentsText: '{}' },
      { type: 'tool-call-delta', index: 2, id: 'toolu_3', name: 'g', argumentsText: '' },
      { type: 'tool-call-delta', index: 2, argumentsText: '{"b":2}' },
      { type: 'finish', reason: 'tool_calls' },
    ]);
  });

  it('reads the arguments of the tool that stands for the answer as its text', () => {
    const answer = [tool(0, 'json_answer'), json(0, '{"a"'), json(0, ':1}'), stop(0)];
    const options = { answerTool: 'json_answer' };
    expect(readWith(options, ...answer, end('tool_use')).parts).toEqual([
      { type: 'text-delta', text: '{"a"' },
      { type: 'text-delta', text: ':1}' },
      { type: 'finish', reason: 'stop' },
    ]);
    expect(readWith(options, ...answer, end('max_tokens')).parts.at(-1)).toEqual({ type: 'finish', reason: 'length' });
    expect(readWith(options, tool(0, 'f'), stop(0), end('tool_use')).parts.at(-1)).toEqual({
      type: 'finish',
      reason: 'tool_calls',
    });
  });

  it('says which stop sequence ended the answer', () => {
    expect(read(end('stop_sequence', 'END')).parts).toEqual([{ type: 'finish', reason: 'stop', stopSequence: 'END' }]);
  });

  it('lets white space that was taken from a begun answer not come twice', () => {
    const text = (...texts: string[]) =>
      readWith({ trimmedEnd: ' \n' }, ...texts.map((each) => delta('text_delta', { text: each })))
        .parts.map((part) => (part.type === 'text-delta' ? part.text : ''))
        .join('');
    expect(text(' \n', 'there')).toBe('there');
    expect(text(' ', '\nthere')).toBe('there');
    expect(text(' there \n')).toBe('there \n');
    expect(text('there', ' \nwas')).toBe('there \nwas');
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
