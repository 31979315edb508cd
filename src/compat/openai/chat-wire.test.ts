import { BALANCE_PLACEHOLDER, CREDITS_PLACEHOLDER } from '../../billing/ledger/ledger-operations.js';
import { chunkFrame, completionFrame, doneFrame, type AnswerMetadata } from '../../completions/answer-frames.js';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { ChatWire } from './chat-wire.js';

const ID = 'chatcmpl-1';
const ID_JSON = JSON.stringify(ID);
const SOURCE = { model: 'gpt-4.1', providerId: 'openai' };
const METADATA: AnswerMetadata = { ...SOURCE, provider: 'openai', latency: 5, finishReason: 'stop', attempts: 1 };
const USAGE = {
  usage: { inputTokens: 10, outputTokens: 4, cachedInputTokens: 8, reasoningTokens: 3 },
  usageSource: 'provider' as const,
};
/** What the ledger makes of its placeholders. */
const settled = (frame: string) => frame.replace(CREDITS_PLACEHOLDER, '1.5').replace(BALANCE_PLACEHOLDER, '98.5');
const done = (seq: number, metadata = METADATA) => settled(doneFrame(ID_JSON, seq, USAGE, metadata));

function chunks(events: string): Record<string, unknown>[] {
  const texts = events.split('\n\n');
  expect(texts.pop()).toBe('');
  return texts.flatMap((text) => {
    expect(text.startsWith('data: ')).toBe(true);
    return text === 'data: [DONE]' ? [] : [JSON.parse(text.slice(6)) as Record<string, unknown>];
  });
}
const deltas = (events: string) => chunks(events).map(({ choices }) => (choices as { delta: object }[])[0]?.delta);

describe('a streamed chat', () => {
  let wire: ChatWire;
  beforeEach(() => {
    wire = new ChatWire(ID, 'auto', false);
  });

  it('begins with the role, then gives each text, whatever it holds, and the model that writes', () => {
    const texts = ['Hel"lo\\', '', '\n😀', ' end'];
    const frames = texts.map((text, index) =>
      chunkFrame(ID_JSON, index + 1, { text }, index === 0 ? SOURCE : undefined),
    );
    const all = chunks(wire.events(frames.slice(0, 2)) + wire.events(frames.slice(2)));
    expect(all.map(({ choices }) => (choices as { delta: object }[])[0]!.delta)).toEqual([
      { role: 'assistant', content: '', refusal: null },
      { content: 'Hel"lo\\' },
      { content: '' },
      { content: '\n😀' },
      { content: ' end' },
    ]);
    for (const chunk of all) expect(chunk).toMatchObject({ id: ID, object: 'chat.completion.chunk', model: 'gpt-4.1' });
    expect(all.every(({ usage }) => usage === undefined)).toBe(true);
  });

  it('names another model from where it goes on', () => {
    const other = { model: 'claude-sonnet-5', providerId: 'claude' };
    const frames = [
      chunkFrame(ID_JSON, 1, { text: 'a' }, SOURCE),
      chunkFrame(ID_JSON, 2, { text: 'b' }, other),
      chunkFrame(ID_JSON, 3, { text: 'c' }),
    ];
    expect(chunks(wire.events(frames)).map(({ model }) => model)).toEqual([
      'gpt-4.1',
      'gpt-4.1',
      'claude-sonnet-5',
      'claude-sonnet-5',
    ]);
  });

  it('gives calls of tools piece by piece, thoughts, and log probabilities', () => {
    const logprobs = [{ token: 'a', logprob: -0.5, bytes: [97] }];
    const events = wire.events([
      chunkFrame(ID_JSON, 1, { text: '', reasoning: 'hm' }, SOURCE),
      chunkFrame(ID_JSON, 2, { text: '', reasoning: '', reasoningSignature: 's' }),
      chunkFrame(ID_JSON, 3, { text: '', toolCalls: [{ index: 0, id: 'c1', name: 'f', arguments: '' }] }),
      chunkFrame(ID_JSON, 4, { text: '', toolCalls: [{ index: 0, arguments: '{"a":' }] }),
      chunkFrame(ID_JSON, 5, { text: 'a', logprobs }),
    ]);
    expect(deltas(events).slice(1)).toEqual([
      { reasoning_content: 'hm' },
      { tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"a":' } }] },
      { content: 'a' },
    ]);
    expect(chunks(events).at(-1)!['choices']).toEqual([
      expect.objectContaining({ logprobs: { content: [{ ...logprobs[0], top_logprobs: [] }], refusal: null } }),
    ]);
  });

  it('ends with the reason, what it cost, and [DONE]', () => {
    const events = wire.events([chunkFrame(ID_JSON, 1, { text: 'a' }, SOURCE), done(2)]);
    expect(events.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(chunks(events).at(-1)).toMatchObject({
      choices: [{ delta: {}, finish_reason: 'stop' }],
      gateway: { provider: 'openai', finish_reason: 'stop', credits: 1.5, balance: 98.5, attempts: 1 },
    });
  });

  it('has a beginning even where it has no text', () => {
    expect(deltas(wire.events([done(1)]))).toEqual([{ role: 'assistant', content: '', refusal: null }, {}]);
  });

  it.each([
    ['tool_calls', 'tool_calls'],
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['credits_exhausted', 'length'],
    ['unknown', 'length'],
  ])('that ended with %s says %s', (finishReason, expected) => {
    const [, last] = chunks(wire.events([done(1, { ...METADATA, finishReason })]));
    expect(last).toMatchObject({ choices: [{ finish_reason: expected }], gateway: { finish_reason: finishReason } });
  });

  it('tells an error that comes amid it', () => {
    const event = wire.errorEvent(new GatewayError('UPSTREAM_LOST', 'It broke off.', { details: { a: 1 } }));
    expect(chunks(event)).toEqual([
      {
        error: {
          message: 'It broke off.',
          type: 'server_error',
          param: null,
          code: 'upstream_lost',
          gateway: { code: 'UPSTREAM_LOST', details: { a: 1 } },
        },
      },
    ]);
  });
});

test('with include_usage each chunk has a usage of null, and one more has it', () => {
  const wire = new ChatWire(ID, 'auto', true);
  const frames = [chunkFrame(ID_JSON, 1, { text: 'a' }, SOURCE), chunkFrame(ID_JSON, 2, { text: 'b' }), done(3)];
  const all = chunks(wire.events(frames));
  expect(all.slice(0, -1).map(({ usage }) => usage)).toEqual([null, null, null, null]);
  expect(all.at(-1)).toMatchObject({
    choices: [],
    usage: {
      prompt_tokens: 10,
      completion_tokens: 4,
      total_tokens: 14,
      prompt_tokens_details: { cached_tokens: 8 },
      completion_tokens_details: { reasoning_tokens: 3 },
    },
  });
});

test('a whole chat has its message, its calls and its thoughts', () => {
  const content = {
    text: '',
    reasoning: [{ text: 'hm' }],
    toolCalls: [{ id: 'c1', name: 'f', arguments: '{"a":1}' }],
    logprobs: [],
  };
  const frame = settled(completionFrame(ID_JSON, content, USAGE, { ...METADATA, finishReason: 'tool_calls' }));
  expect(JSON.parse(new ChatWire(ID, 'auto', false).wholeAnswer(frame))).toMatchObject({
    id: ID,
    object: 'chat.completion',
    model: 'gpt-4.1',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: null,
          refusal: null,
          reasoning_content: 'hm',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
        },
        logprobs: null,
        finish_reason: 'tool_calls',
      },
    ],
    usage: { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 },
  });
});
