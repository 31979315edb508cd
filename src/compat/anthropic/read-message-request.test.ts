import type Anthropic from '@anthropic-ai/sdk';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { MESSAGE_FIELDS } from './message-fields.js';
import { readCountRequest, readMessageRequest } from './read-message-request.js';

const BASE = { model: 'claude-haiku-4-5', max_tokens: 2_000, messages: [{ role: 'user', content: 'hi' }] };
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const TOOL = { name: 'f', input_schema: { type: 'object', properties: { a: { enum: [null, 1] } } } };
const CACHED = { type: 'ephemeral' };

const read = (fields: object = {}) => readMessageRequest({ ...BASE, ...fields }, 'id-1');
const messagesOf = (...messages: object[]) => read({ messages, tools: [TOOL] }).messages;
const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const text = (each: string, more: object = {}) => ({ type: 'text', text: each, ...more });
const use = (id: string, more: object = {}) => ({ type: 'tool_use', id, name: 'f', input: {}, ...more });
const result = (id: string, content?: unknown, more: object = {}) => ({
  type: 'tool_result',
  tool_use_id: id,
  ...(content === undefined ? {} : { content }),
  ...more,
});

function refusalOf(fields: object): { field: string; message: string } {
  try {
    read(fields);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    expect(error.code).toBe('VALIDATION_ERROR');
    return (error.details!['fields'] as [{ field: string; message: string }])[0];
  }
  throw new Error('it was taken');
}

describe('the body of a message', () => {
  it('is a request like any other', () => {
    const { fingerprint, ...request } = read();
    expect(request).toEqual({
      id: 'id-1',
      type: 'chat',
      provider: 'auto',
      model: 'claude-haiku-4-5',
      messages: [{ role: 'user', content: 'hi' }],
      inputs: [],
      hasSingleInput: false,
      isStreamed: false,
      isBackground: false,
      maxTokens: 2_000,
      options: {},
      mayFallBack: true,
      mayClampToBalance: true,
      mayUseCache: false,
    });
    expect(fingerprint).toEqual(expect.any(String));
  });

  it.each<[object, object]>([
    [
      { stream: true, max_tokens: 7 },
      { isStreamed: true, maxTokens: 7 },
    ],
    [
      { provider: 'openai', fallback: false, cache: true },
      { provider: 'openai', mayFallBack: false, mayUseCache: true },
    ],
    [{ temperature: 0, top_p: 1, top_k: 5 }, { options: { temperature: 0, topP: 1, topK: 5 } }],
    [{ stop_sequences: ['a', 'b'] }, { options: { stop: ['a', 'b'] } }],
    [{ stop_sequences: [], tools: [] }, { options: {} }],
    [{ tools: [TOOL] }, { options: { tools: [{ name: 'f', parameters: TOOL.input_schema }] } }],
    [
      { tools: [{ ...TOOL, type: 'custom', description: 'd', strict: true, cache_control: CACHED }] },
      { options: { tools: [{ description: 'd', strict: true, cacheBreakpoint: { ttl: '5m' } }] } },
    ],
    [
      {
        tools: [{ ...TOOL, type: null, eager_input_streaming: true, defer_loading: false, input_examples: [{ a: 1 }] }],
      },
      { options: { tools: [{ name: 'f', parameters: TOOL.input_schema }] } },
    ],
    [{ tools: [TOOL], tool_choice: { type: 'auto' } }, { options: { toolChoice: 'auto' } }],
    [{ tools: [TOOL], tool_choice: { type: 'any' } }, { options: { toolChoice: 'required' } }],
    [{ tools: [TOOL], tool_choice: { type: 'none' } }, { options: { toolChoice: 'none' } }],
    [
      { tools: [TOOL], tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true } },
      { options: { toolChoice: { name: 'f' }, parallelToolCalls: false } },
    ],
    [{ thinking: { type: 'enabled', budget_tokens: 1_024 } }, { options: { reasoning: { budgetTokens: 1_024 } } }],
    [
      { thinking: { type: 'enabled', budget_tokens: 1_024 }, output_config: { effort: 'max' } },
      { options: { reasoning: { budgetTokens: 1_024, effort: 'xhigh' } } },
    ],
    [{ thinking: { type: 'adaptive', display: 'omitted' } }, { options: { reasoning: { effort: 'high' } } }],
    [
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      { options: { reasoning: { effort: 'low' } } },
    ],
    [{ thinking: { type: 'disabled' } }, { options: { reasoning: { effort: 'none' } } }],
    [{ thinking: { type: 'between_tools' } }, { options: { reasoning: { effort: 'none' } } }],
    [{ output_config: { effort: 'medium', format: null } }, { options: { reasoning: { effort: 'medium' } } }],
    [
      { output_config: { format: { type: 'json_schema', schema: { type: 'object', default: null } } } },
      {
        options: {
          responseFormat: {
            type: 'json_schema',
            name: 'answer',
            strict: true,
            schema: { type: 'object', default: null },
          },
        },
      },
    ],
    [{ metadata: { user_id: 'x' }, service_tier: 'auto', diagnostics: {} }, { options: {} }],
    [{ speed: 'standard', inference_geo: 'global', mcp_servers: [], container: null, top_p: null }, { options: {} }],
  ])('%j', (fields, expected) => {
    expect(read(fields)).toMatchObject(expected);
  });

  it('is the same request however it was written down', () => {
    const written = { ...BASE, messages: [user(text('hi'))], system: null, stop_sequences: [] };
    expect(readMessageRequest(written, 'id-2').fingerprint).toBe(read().fingerprint);
    expect(read({ max_tokens: 5 }).fingerprint).not.toBe(read().fingerprint);
  });

  it('may come without a limit where it is only counted', () => {
    const { max_tokens: _, ...rest } = BASE;
    expect(readCountRequest(rest).messages).toEqual(BASE.messages);
    expect(refusalOf({ max_tokens: undefined }).message).toBe('max_tokens must be given');
  });
});

describe('a conversation', () => {
  it('begins with the system', () => {
    expect(read({ system: 'be brief' }).messages).toEqual([
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'hi' },
    ]);
    const system = [text('a'), text('b', { cache_control: { type: 'ephemeral', ttl: '1h' } })];
    expect(read({ system }).messages[0]).toEqual({
      role: 'system',
      content: [text('a'), text('b', { cacheBreakpoint: { ttl: '1h' } })],
    });
    expect(messagesOf(user(text('a')), { role: 'system', content: 'b' })[1]).toEqual({ role: 'system', content: 'b' });
  });

  it('has images, by their bytes and by their addresses', () => {
    const images = [
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG }, cache_control: CACHED },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    ];
    expect(messagesOf(user(...images, text('what?')))).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', data: PNG, mediaType: 'image/png', cacheBreakpoint: { ttl: '5m' } },
          { type: 'image', url: 'https://example.com/a.png' },
          text('what?'),
        ],
      },
    ]);
  });

  it('has calls, and a message for each result', () => {
    const input = { a: [1, null] };
    const given = [
      user(text('do')),
      assistant(text('I will', { citations: null }), use('x', { input, caller: { type: 'direct' } }), use('y')),
      user(result('x', 'done'), result('y', [text('no')], { is_error: true }), text('go on')),
    ];
    expect(messagesOf(...given)).toEqual([
      { role: 'user', content: 'do' },
      {
        role: 'assistant',
        content: 'I will',
        toolCalls: [
          { id: 'x', name: 'f', arguments: '{"a":[1,null]}' },
          { id: 'y', name: 'f', arguments: '{}' },
        ],
      },
      { role: 'tool', content: 'done', toolCallId: 'x' },
      { role: 'tool', content: 'no', toolCallId: 'y', isToolError: true },
      { role: 'user', content: 'go on' },
    ]);
  });

  it('has results of images, of nothing, and such that the cache may keep', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } };
    const given = [
      assistant(use('x'), use('y'), use('z')),
      user(result('x', [image]), result('y'), result('z', 'end', { cache_control: CACHED })),
    ];
    expect(messagesOf(...given).slice(1)).toEqual([
      { role: 'tool', content: [{ type: 'image', data: PNG, mediaType: 'image/png' }], toolCallId: 'x' },
      { role: 'tool', content: '', toolCallId: 'y' },
      { role: 'tool', content: [text('end', { cacheBreakpoint: { ttl: '5m' } })], toolCallId: 'z' },
    ]);
  });

  it('gives thoughts back, in their order and with the call that they led to', () => {
    const thinking = (each: string, signature: string) => ({ type: 'thinking', thinking: each, signature });
    const given = [
      assistant(
        thinking('hm', 's1'),
        { type: 'redacted_thinking', data: 'secret' },
        text('so'),
        thinking('but', 's2'),
        thinking('of another vendor', ''),
        use('x'),
      ),
      user(result('x', 'ok')),
    ];
    expect(messagesOf(...given).slice(0, 2)).toEqual([
      { role: 'assistant', content: 'so', reasoning: [{ text: 'hm', signature: 's1' }, { redacted: 'secret' }] },
      {
        role: 'assistant',
        content: '',
        reasoning: [{ text: 'but', signature: 's2' }, { text: 'of another vendor' }],
        toolCalls: [{ id: 'x', name: 'f', arguments: '{}' }],
      },
    ]);
  });

  it.each<[string, object[], object[]]>([
    ['a text', [user(text('a'))], [text('a', { cacheBreakpoint: { ttl: '1h' } })]],
    ['a string', [{ role: 'user', content: 'a' }], [text('a', { cacheBreakpoint: { ttl: '1h' } })]],
    ['the last part', [user(text('a'), text('b'))], [text('a'), text('b', { cacheBreakpoint: { ttl: '1h' } })]],
  ])('is marked for the cache at its end as a whole: %s', (_, messages, content) => {
    const request = read({ messages, cache_control: { type: 'ephemeral', ttl: '1h' } });
    expect(request.messages.at(-1)!.content).toEqual(content);
  });
});

describe('what is refused', () => {
  it.each<[object, string, string]>([
    [{ model: '' }, 'model', 'must be a string of 1 to 200'],
    [{ max_tokens: 0 }, 'max_tokens', 'a whole number from 1'],
    [{ max_token: 5 }, 'max_token', 'did you mean max_tokens?'],
    [{ temperature: 1.5 }, 'temperature', 'a number from 0 to 1'],
    [{ stop_sequences: ['a', 'b', 'c', 'd', 'e'] }, 'stop_sequences', 'at most 4'],
    [{ messages: [] }, 'messages', '1 to 10000'],
    [{ messages: [{ role: 'tool', content: 'a' }] }, 'messages[0].role', "'user' or 'assistant' or 'system'"],
    [{ messages: [user({ type: 'document', source: {} })] }, 'messages[0].content[0].type', "'tool_result'"],
    [{ messages: [user(text('a'), { type: 'search_result' })] }, 'messages[0].content[1].type', "'image'"],
    [{ messages: [assistant({ type: 'server_tool_use' })] }, 'messages[0].content[0].type', "'tool_use'"],
    [
      { messages: [user({ type: 'image', source: { type: 'file', file_id: 'f' } })] },
      'messages[0].content[0].source.type',
      "'base64' or 'url'",
    ],
    [
      { messages: [user({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } })] },
      'messages[0].content[0].source',
      'its bytes are none of these',
    ],
    [
      { messages: [user(text('a', { cache_control: { type: 'no' } }))] },
      'messages[0].content[0].cache_control.type',
      '',
    ],
    [{ messages: [user(result('x', 'a'))] }, 'messages[0].content[0].tool_use_id', 'must be the id of a call'],
    [{ messages: [assistant(text('a'), use('x'))] }, 'messages[0].content[1].id', 'is answered by no message'],
    [
      { messages: [assistant(use('x', { name: 'a b' })), user(result('x'))] },
      'messages[0].content[0].name',
      '1 to 64 letters',
    ],
    [{ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'tools[0].type', "must be 'custom'"],
    [{ tools: [{ name: 'f' }] }, 'tools[0].input_schema', 'must be given'],
    [{ tools: [TOOL, TOOL] }, 'tools[1].name', 'must be another'],
    [{ tools: [{ ...TOOL, defer_loading: true }] }, 'tools[0].defer_loading', 'must be false'],
    [{ tools: [TOOL], tool_choice: { type: 'tool', name: 'g' } }, 'tool_choice', 'must name one of tools'],
    [{ tool_choice: { type: 'any' } }, 'tool_choice', 'goes with tools only'],
    [{ thinking: { type: 'enabled' } }, 'thinking.budget_tokens', 'must be given'],
    [{ thinking: { type: 'enabled', budget_tokens: 2_000 } }, 'thinking.budget_tokens', 'less than max_tokens'],
    [{ output_config: { format: { type: 'json_object', schema: {} } } }, 'output_config.format.type', ''],
    [{ output_config: { task_budget: {} } }, 'output_config.task_budget', 'is no field'],
    [{ thread: { type: 'create' } }, 'thread', 'send the whole conversation'],
    [{ billing_policy: {} }, 'billing_policy', 'is not served here'],
    [{ container: 'c' }, 'container', 'is not served here'],
    [{ speed: 'fast' }, 'speed', 'is not served here'],
    [{ mcp_servers: [{}] }, 'mcp_servers', 'is not served here'],
    [{ context_management: { edits: [{}] } }, 'context_management', 'is not served here'],
  ])('%j', (fields, field, rule) => {
    const refusal = refusalOf(fields);
    expect(refusal.field).toBe(field);
    expect(refusal.message).toContain(field);
    expect(refusal.message).toContain(rule);
  });

  it('a body that is nested too deeply', () => {
    const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) as unknown;
    expect(() => messagesOf(assistant(use('x', { input: { deep } })), user(result('x')))).toThrow(/nested too deeply/);
  });
});

test('every field of the table says why it is as it is', () => {
  for (const [name, field] of Object.entries(MESSAGE_FIELDS))
    expect([name, field.is === 'honoured' ? field.schema : field.why]).toEqual([name, expect.anything()]);
});

/** What the client sends in the body; the others of its parameters are headers. */
type BodyName = Exclude<
  keyof Anthropic.Beta.MessageCreateParamsNonStreaming | keyof Anthropic.MessageCreateParamsNonStreaming,
  'betas' | 'user_profile_id' | 'workspace_id'
>;
const NAMES: Record<BodyName, true> = {
  billing_policy: true,
  fallback_credit_token: true,
  output_format: true,
  cache_control: true,
  compaction: true,
  container: true,
  context_management: true,
  diagnostics: true,
  fallbacks: true,
  inference_geo: true,
  max_tokens: true,
  mcp_servers: true,
  messages: true,
  metadata: true,
  model: true,
  output_config: true,
  service_tier: true,
  speed: true,
  stop_sequences: true,
  stream: true,
  system: true,
  thinking: true,
  thread: true,
  tool_choice: true,
  tools: true,
};

test('the table knows every field that the official client knows', () => {
  expect(Object.keys(MESSAGE_FIELDS)).toEqual(expect.arrayContaining(Object.keys(NAMES)));
});
