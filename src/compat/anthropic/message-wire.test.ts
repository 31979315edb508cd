import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { AnswerContent } from '../../completions/answer-content.js';
import { chunkFrame, completionFrame, doneFrame, type AnswerMetadata } from '../../completions/answer-frames.js';
import type { StreamPart } from '../../providers/contract/stream-part.js';
import type { TokenUsage } from '../../providers/contract/token-usage.js';
import { MessageWire } from './message-wire.js';

const ID = 'msg_1';
const ID_JSON = JSON.stringify(ID);
const SOURCE = { model: 'claude-x', providerId: 'claude' };
const METADATA = { model: 'claude-x', provider: 'claude', latency: 5, finishReason: 'stop', attempts: 1 };
const USAGE = { inputTokens: 10, outputTokens: 20 };
const settled = (frame: string) => frame.replaceAll('\u0001', '3').replaceAll('\u0002', '97');

interface Ending {
  metadata?: Partial<AnswerMetadata>;
  usage?: TokenUsage;
}

/** The frames that an answer of these parts is sent as. */
function framesOf(parts: readonly StreamPart[], { metadata, usage = USAGE }: Ending = {}): string[] {
  const content = new AnswerContent(false);
  const chunks = parts.map((part, index) =>
    chunkFrame(ID_JSON, index + 1, content.take(part)!, index === 0 ? SOURCE : undefined),
  );
  const done = doneFrame(ID_JSON, chunks.length + 1, { usage, usageSource: 'provider' }, { ...METADATA, ...metadata });
  return [...chunks, settled(done)];
}

function wholeOf(parts: readonly StreamPart[], { metadata, usage = USAGE }: Ending = {}): Anthropic.Message {
  const content = new AnswerContent(true);
  for (const part of parts) content.take(part);
  const frame = completionFrame(ID_JSON, content, { usage, usageSource: 'provider' }, { ...METADATA, ...metadata });
  return JSON.parse(new MessageWire(ID, 'asked').wholeAnswer(settled(frame))) as Anthropic.Message;
}

function eventsOf(text: string): Anthropic.RawMessageStreamEvent[] {
  expect(text.endsWith('\n\n')).toBe(true);
  return text
    .slice(0, -2)
    .split('\n\n')
    .map((event) => {
      const [, name, data] = /^event: (\w+)\ndata: ([^\n]+)$/.exec(event)!;
      const parsed = JSON.parse(data!) as Anthropic.RawMessageStreamEvent;
      expect(parsed.type).toBe(name);
      return parsed;
    });
}

/** What the official client makes of the events. */
async function accumulated(text: string): Promise<Anthropic.Message> {
  const fetch = () => Promise.resolve(new Response(text, { headers: { 'Content-Type': 'text/event-stream' } }));
  const client = new Anthropic({ apiKey: 'key', fetch, maxRetries: 0 });
  return client.messages.stream({ model: 'claude-x', max_tokens: 5, messages: [] }).finalMessage();
}

const text = (each: string): StreamPart => ({ type: 'text-delta', text: each });
const thought = (each: string): StreamPart => ({ type: 'reasoning-delta', text: each });
const signature = (each: string): StreamPart => ({ type: 'reasoning-delta', text: '', signature: each });
const redacted = (each: string): StreamPart => ({ type: 'reasoning-delta', text: '', redacted: each });
const call = (index: number, argumentsText: string, first = false): StreamPart => ({
  type: 'tool-call-delta',
  index,
  ...(first ? { id: `call_${index}`, name: `tool_${index}` } : {}),
  argumentsText,
});

/** Objects cut into pieces, each a list of the deltas of one call. */
const calls = fc
  .array(fc.tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.integer({ min: 1, max: 20 })), { maxLength: 3 })
  .map((inputs) =>
    inputs.map(([input, size], index) => {
      const json = JSON.stringify(input);
      const pieces = [call(index, '', true)];
      for (let start = 0; start < json.length; start += size) pieces.push(call(index, json.slice(start, start + size)));
      return pieces;
    }),
  );
const texts = fc.array(fc.string({ minLength: 1, unit: 'binary' }).map(text), { maxLength: 5 });
const thoughts = fc.array(
  fc.oneof(
    fc.string({ minLength: 1 }).map(thought),
    fc.string({ minLength: 1 }).map(signature),
    fc.string({ minLength: 1 }).map(redacted),
  ),
  { maxLength: 5 },
);

/** Lists mixed at random, each in its own order; calls begin in the order of their indexes. */
function mixed(lists: readonly StreamPart[][], choices: readonly number[]): StreamPart[] {
  const rest = lists.map((list) => [...list]);
  const result: StreamPart[] = [];
  for (let turn = 0; rest.some((list) => list.length > 0); turn++) {
    const open = rest.filter((list) => list.length > 0);
    const begun = (list: StreamPart[]) => !('id' in list[0]!) || list[0].index === begunCalls(result);
    const may = open.filter(begun);
    result.push(may[(choices[turn % choices.length] ?? 0) % may.length]!.shift()!);
  }
  return result;
}

function begunCalls(parts: readonly StreamPart[]): number {
  return parts.filter((part) => 'id' in part).length;
}

function batches(frames: readonly string[], size: number): string[][] {
  return frames.flatMap((_, start) => (start % size === 0 ? [frames.slice(start, start + size)] : []));
}

function streamed(frames: readonly string[], batchSize = 1): string {
  const wire = new MessageWire(ID, 'asked');
  return batches(frames, batchSize)
    .map((batch) => wire.events(batch))
    .join('');
}

/** Blocks are opened and closed one after another, counted from 0, and hold what their type holds. */
function assertValid(events: readonly Anthropic.RawMessageStreamEvent[]): void {
  const deltas = {
    text: ['text_delta'],
    thinking: ['thinking_delta', 'signature_delta'],
    tool_use: ['input_json_delta'],
  };
  expect(events[0]!.type).toBe('message_start');
  expect(events.slice(-2).map(({ type }) => type)).toEqual(['message_delta', 'message_stop']);
  let count = 0;
  let open: string | undefined;
  for (const event of events.slice(2, -2)) {
    expect(event).toHaveProperty('index', count);
    if (event.type === 'content_block_start') {
      expect(open).toBeUndefined();
      open = event.content_block.type;
    } else if (event.type === 'content_block_delta') {
      expect(deltas[open as keyof typeof deltas]).toContain(event.delta.type);
    } else {
      expect([event.type, open]).toEqual(['content_block_stop', expect.any(String)]);
      open = undefined;
      count++;
    }
  }
  expect(open).toBeUndefined();
}

/** Content whatever the order of its blocks. */
function summary(content: readonly Anthropic.ContentBlock[]) {
  const of = <Type extends Anthropic.ContentBlock['type']>(type: Type) =>
    content.filter((block): block is Extract<Anthropic.ContentBlock, { type: Type }> => block.type === type);
  return {
    text: of('text')
      .map((block) => block.text)
      .join(''),
    thinking: of('thinking')
      .map((block) => block.thinking)
      .join(''),
    signatures: of('thinking')
      .map((block) => block.signature)
      .filter((each) => each !== ''),
    redacted: of('redacted_thinking'),
    calls: of('tool_use'),
  };
}

describe('a streamed message', () => {
  it('is what Anthropic sends', () => {
    const parts = [
      thought('hm'),
      signature('sig'),
      text('Let '),
      text('me "see"'),
      call(0, '', true),
      call(0, '{"a":1}'),
    ];
    const events = eventsOf(streamed(framesOf(parts, { metadata: { finishReason: 'tool_calls' } })));
    expect(events).toEqual([
      {
        type: 'message_start',
        message: expect.objectContaining({
          id: ID,
          type: 'message',
          role: 'assistant',
          model: 'claude-x',
          content: [],
        }),
      },
      { type: 'ping' },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'sig' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Let ' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'me "see"' } },
      { type: 'content_block_stop', index: 1 },
      {
        type: 'content_block_start',
        index: 2,
        content_block: { type: 'tool_use', id: 'call_0', name: 'tool_0', input: {} },
      },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } },
      { type: 'content_block_stop', index: 2 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'tool_use', stop_sequence: null, stop_details: null },
        usage: expect.objectContaining({ input_tokens: 10, output_tokens: 20 }),
        gateway: expect.objectContaining({ provider: 'claude', credits: 3, balance: 97 }),
      },
      { type: 'message_stop' },
    ]);
  });

  it('of nothing is a message without content', async () => {
    const events = streamed(framesOf([]));
    assertValid(eventsOf(events));
    expect(await accumulated(events)).toMatchObject({ model: 'claude-x', content: [], stop_reason: 'end_turn' });
  });

  it('does not wait with a second call for the end of the answer', () => {
    const wire = new MessageWire(ID, 'asked');
    wire.events(framesOf([call(0, '', true), call(0, '{}')]).slice(0, 2));
    expect(
      wire.events([chunkFrame(ID_JSON, 3, { text: '', toolCalls: [{ index: 1, id: 'b', name: 'g', arguments: '' }] })]),
    ).toMatch(/content_block_stop","index":0.*\n\n.*\n.*content_block_start","index":1/);
  });

  it('shows the arguments of a call that was cut off as far as they came', () => {
    const events = eventsOf(streamed(framesOf([call(0, '', true), call(0, '{"a":'), text('b')])));
    assertValid(events);
    expect(events).toContainEqual(
      expect.objectContaining({ delta: { type: 'input_json_delta', partial_json: '{"a":' } }),
    );
  });

  it('is valid and says what the whole answer says, whatever comes in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        calls,
        texts,
        thoughts,
        fc.array(fc.nat(), { minLength: 1 }),
        fc.integer({ min: 1, max: 9 }),
        async (calls, texts, thoughts, choices, batchSize) => {
          const parts = mixed([...calls, texts, thoughts], choices);
          const events = streamed(framesOf(parts), batchSize);
          assertValid(eventsOf(events));
          const message = await accumulated(events);
          expect(summary(message.content)).toEqual(summary(wholeOf(parts).content));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is the whole answer, block by block, where it comes in the usual order', async () => {
    await fc.assert(
      fc.asyncProperty(calls, texts, thoughts, async (calls, texts, thoughts) => {
        const parts = [...thoughts, ...texts, ...calls.flat()];
        const { gateway: _, ...whole } = wholeOf(parts) as Anthropic.Message & { gateway: unknown };
        const message = await accumulated(streamed(framesOf(parts)));
        expect(message).toMatchObject({ ...whole, usage: { input_tokens: 10, output_tokens: 20 } });
        expect(message.content).toEqual(whole.content);
      }),
      { numRuns: 40 },
    );
  });

  it('breaks off with an error event that the client throws', async () => {
    const wire = new MessageWire(ID, 'asked');
    const events = wire.events(framesOf([text('a')]).slice(0, 1));
    const error = wire.errorEvent(new GatewayError('UPSTREAM_LOST', 'It is gone.'));
    await expect(accumulated(events + error)).rejects.toMatchObject({ type: 'api_error', errorCode: 'UPSTREAM_LOST' });
  });
});

describe('the end of a message', () => {
  it.each<[string, string]>([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['tool_calls', 'tool_use'],
    ['content_filter', 'refusal'],
    ['credits_exhausted', 'max_tokens'],
    ['unknown', 'max_tokens'],
  ])('of %s is called %s', (finishReason, reason) => {
    const whole = wholeOf([text('a')], { metadata: { finishReason } });
    expect(whole).toMatchObject({ stop_reason: reason, stop_sequence: null, gateway: { finish_reason: finishReason } });
    expect(whole.stop_details === null).toBe(reason !== 'refusal');
  });

  it('names the stop sequence that ended it', () => {
    const whole = wholeOf([text('a')], { metadata: { stopSequence: 'END' } });
    expect(whole).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END' });
  });

  it("counts the prompt without what was read from the provider's cache and written to it", () => {
    const usage = {
      inputTokens: 100,
      outputTokens: 20,
      cachedInputTokens: 50,
      cacheWriteTokens: 30,
      cacheWriteHourTokens: 10,
      reasoningTokens: 5,
    };
    expect(wholeOf([text('a')], { usage }).usage).toEqual({
      input_tokens: 20,
      cache_read_input_tokens: 50,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
      output_tokens: 20,
      output_tokens_details: { thinking_tokens: 5 },
    });
  });
});
