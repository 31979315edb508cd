import type { AnswerOptions, Message } from '../providers/contract/text-request.js';
import type { JsonSchema, ToolCall } from '../providers/contract/tool.js';
import { FRAME_PATHS } from '../streaming/protocol/frame-paths.js';
import { requestFaults } from './request-rules.js';

const user: Message = { role: 'user', content: 'hello' };
const call = (id: string, name = 'look'): ToolCall => ({ id, name, arguments: '{' });
const calls = (...toolCalls: ToolCall[]): Message => ({ role: 'assistant', content: '', toolCalls });
const result = (toolCallId?: string): Message => ({ role: 'tool', content: 'x', ...(toolCallId && { toolCallId }) });

const messagesOf = (request: { messages?: Message[]; options?: AnswerOptions; maxTokens?: number }) =>
  requestFaults({ messages: [user], options: {}, ...request }, FRAME_PATHS).map(({ message }) => message);

function nested(levels: number): JsonSchema {
  return levels === 1 ? {} : { a: nested(levels - 1) };
}

describe('the tools of a request', () => {
  const tool = { name: 'look', description: 'Looks.', parameters: { type: 'object' }, strict: true };

  it('may be what both vendors take', () => {
    const tools = [tool, { name: 'Look_2-a' }, { name: 'b', parameters: {} }];
    expect(messagesOf({ options: { tools, toolChoice: { name: 'b' } } })).toEqual([]);
    expect(messagesOf({ options: { tools: Array.from({ length: 128 }, (_, i) => ({ name: `t${i}` })) } })).toEqual([]);
  });

  it.each([
    [{ tools: [{ name: '' }] }, 'tools[0].name must be 1 to 64 letters, digits, _ and -'],
    [{ tools: [{ name: 'a.b' }] }, 'tools[0].name must be 1 to 64 letters, digits, _ and -'],
    [{ tools: [tool, tool] }, "tools[1].name must be another than those before it: 'look' is one"],
    [
      { tools: [{ name: 'a', description: 'x'.repeat(16_385) }] },
      'tools[0].description must have at most 16384 characters',
    ],
    [{ tools: Array.from({ length: 129 }, (_, i) => ({ name: `t${i}` })) }, 'tools must have at most 128 tools'],
    [{ toolChoice: 'auto' as const }, 'toolChoice goes with tools only'],
    [{ tools: [tool], toolChoice: { name: 'other' } }, 'toolChoice must name one of tools'],
  ])('may not be %.60j', (options, fault) => expect(messagesOf({ options })).toEqual([fault]));

  const schema = (parameters: unknown) => messagesOf({ options: { tools: [{ name: 'a', parameters } as never] } });

  it.each([
    [[], 'must be a JSON schema, an object'],
    ['{}', 'must be a JSON schema, an object'],
    [{ type: 'string' }, "must be a JSON schema of type 'object'"],
    [JSON.parse('{"properties":{"__proto__":{}}}'), "must not have the key '__proto__'"],
    [nested(65), 'must be a JSON schema of at most 256 KiB, 20000 values and 64 levels'],
    [{ enum: Array(20_000).fill(1) }, 'must be a JSON schema of at most 256 KiB, 20000 values and 64 levels'],
    [{ description: 'x'.repeat(300_000) }, 'must be a JSON schema of at most 256 KiB, 20000 values and 64 levels'],
  ])('have no schema %.60j', (parameters, fault) =>
    expect(schema(parameters)).toEqual([`tools[0].parameters ${fault}`]),
  );

  it('have schemas as deep and long as anybody needs', () => {
    expect(schema(nested(64))).toEqual([]);
    expect(schema({ enum: Array(19_000).fill(null), properties: { constructor: {} } })).toEqual([]);
  });
});

describe('the format of an answer', () => {
  it('has a name and a schema', () => {
    const format = { type: 'json_schema' as const, name: 'city', schema: { type: 'string' } };
    expect(messagesOf({ options: { responseFormat: format } })).toEqual([]);
    expect(messagesOf({ options: { responseFormat: { ...format, name: 'a b', schema: [] as never } } })).toEqual([
      'responseFormat.name must be 1 to 64 letters, digits, _ and -',
      'responseFormat.schema must be a JSON schema, an object',
    ]);
  });
});

it('what a model may think is less than what it may answer', () => {
  const options = { reasoning: { budgetTokens: 100 } };
  expect(messagesOf({ options })).toEqual([]);
  expect(messagesOf({ options, maxTokens: 101 })).toEqual([]);
  expect(messagesOf({ options, maxTokens: 100 })).toEqual([
    'reasoningBudgetTokens must be less than maxTokens, of which it is a part',
  ]);
});

describe('a conversation with tools', () => {
  it.each([
    ['one call', [user, calls(call('1')), result('1')]],
    ['several, answered in any order', [user, calls(call('1'), call('2')), result('2'), result('1'), user]],
    ['an id again, later', [user, calls(call('1')), result('1'), calls(call('1')), result('1'), user]],
  ])('has %s', (_name, messages) => expect(messagesOf({ messages })).toEqual([]));

  const ORPHAN =
    'messages[1].toolCallId must be the id of a call of the assistant message before it that has no other answer';
  const UNANSWERED = "messages[1].toolCalls[0].id is answered by no message of role 'tool' right behind it";

  it.each([
    ['a result of nothing', [user, result('1')], [ORPHAN]],
    ['a result without an id', [user, result()], ["messages[1].toolCallId must be given for role 'tool'"]],
    ['a call that ends it', [user, calls(call('1'))], [UNANSWERED]],
    ['a call that is passed over', [user, calls(call('1')), user], [UNANSWERED]],
    ['a result that comes twice', [user, calls(call('1')), result('1'), result('1')], [ORPHAN.replace('[1]', '[3]')]],
    [
      'a call without id and name',
      [user, calls(call('', '')), result('')],
      [
        'messages[1].toolCalls[0].id must be a string of 1 to 256 printable characters',
        'messages[1].toolCalls[0].name must be 1 to 64 letters, digits, _ and -',
        "messages[2].toolCallId must be given for role 'tool'",
        UNANSWERED,
      ],
    ],
    [
      'an id twice',
      [user, calls(call('1'), call('1')), result('1')],
      ['messages[1].toolCalls[1].id must be another than those of the calls before it'],
    ],
    ['a NUL in an id', [calls(call('\0')), result('\0')], [expect.stringMatching(/^messages\[0\].toolCalls\[0\].id/)]],
    [
      'calls of the user',
      [{ ...calls(call('1')), role: 'user' as const }],
      ["messages[0].toolCalls goes with role 'assistant' only"],
    ],
    [
      'too many calls',
      [calls(...Array.from({ length: 129 }, (_, i) => call(String(i))))],
      ['messages[0].toolCalls must have at most 128 calls'],
    ],
  ])('has not %s', (_name, messages, faults) => expect(messagesOf({ messages })).toEqual(faults));

  it('is told of 20 faults and no more', () => {
    expect(messagesOf({ messages: Array(10_000).fill(result('1')) })).toHaveLength(20);
  });
});

describe('images', () => {
  const image = { type: 'image' as const, url: 'https://example.com/a.png' };

  it('go with what the user and tools say', () => {
    const seen: Message = { role: 'tool', toolCallId: '1', content: [image] };
    expect(messagesOf({ messages: [{ role: 'user', content: [image] }, calls(call('1')), seen] })).toEqual([]);
    expect(messagesOf({ messages: [{ role: 'system', content: [{ type: 'text', text: 'a' }, image] }] })).toEqual([
      "messages[0].content[1] must be text: images go with the roles 'user' and 'tool'",
    ]);
  });

  it('are at most 100', () => {
    const messages: Message[] = [
      { role: 'user', content: Array(60).fill(image) },
      { role: 'user', content: Array(60).fill(image) },
    ];
    expect(messagesOf({ messages })).toEqual(['messages[1].content[40] is one image too many: a request may have 100']);
  });
});
