import { readFileSync } from 'node:fs';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { CHAT_FIELDS } from './chat-fields.js';
import { readChatRequest } from './read-chat-request.js';

const BASE = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'hi' }] };
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const read = (fields: object = {}) => readChatRequest({ ...BASE, ...fields }, 'id-1').completion;
const TOOL = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };

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

describe('the body of a chat', () => {
  it('is a request like any other', () => {
    const { fingerprint, ...request } = read();
    expect(request).toEqual({
      id: 'id-1',
      type: 'chat',
      provider: 'auto',
      model: 'gpt-4.1',
      messages: [{ role: 'user', content: 'hi' }],
      inputs: [],
      hasSingleInput: false,
      isStreamed: false,
      isBackground: false,
      options: {},
      mayFallBack: true,
      mayClampToBalance: true,
      mayUseCache: false,
    });
    expect(fingerprint).toEqual(expect.any(String));
  });

  it.each([
    [{ max_tokens: 5 }, { maxTokens: 5 }],
    [{ max_completion_tokens: 6, max_tokens: 6 }, { maxTokens: 6 }],
    [{ stream: true, stream_options: { include_usage: true, include_obfuscation: false } }, { isStreamed: true }],
    [
      { provider: 'claude', fallback: false, cache: true },
      { provider: 'claude', mayFallBack: false, mayUseCache: true },
    ],
    [{ temperature: 0, top_p: 1 }, { options: { temperature: 0, topP: 1 } }],
    [{ presence_penalty: -2, frequency_penalty: 2 }, { options: { presencePenalty: -2, frequencyPenalty: 2 } }],
    [{ seed: -5, stop: 'END' }, { options: { seed: -5, stop: ['END'] } }],
    [{ stop: ['a', 'b'] }, { options: { stop: ['a', 'b'] } }],
    [{ stop: [], tools: [] }, { options: {} }],
    [{ reasoning_effort: 'high' }, { options: { reasoning: { effort: 'high' } } }],
    [{ logprobs: true }, { options: { topLogprobs: 0 } }],
    [{ logprobs: true, top_logprobs: 3 }, { options: { topLogprobs: 3 } }],
    [{ response_format: { type: 'json_object' } }, { options: { responseFormat: { type: 'json_object' } } }],
    [
      {
        response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
      },
      { options: { responseFormat: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } } },
    ],
    [
      { tools: [TOOL], tool_choice: { type: 'function', function: { name: 'f' } }, parallel_tool_calls: false },
      {
        options: {
          tools: [{ name: 'f', parameters: { type: 'object' } }],
          toolChoice: { name: 'f' },
          parallelToolCalls: false,
        },
      },
    ],
    [{ tools: [TOOL], tool_choice: 'required' }, { options: { toolChoice: 'required' } }],
    [{ reasoning_effort: 'max' }, { options: { reasoning: { effort: 'xhigh' } } }],
    [
      {
        tools: [
          { type: 'function', function: { name: 'f', description: null, parameters: { enum: [null] }, strict: null } },
        ],
      },
      { options: { tools: [{ name: 'f', parameters: { enum: [null] } }] } },
    ],
    [
      {
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } }] },
        ],
      },
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'a', cacheBreakpoint: { ttl: '5m' } }] }] },
    ],
  ])('may ask: %j', (fields, expected) => {
    expect(read(fields)).toMatchObject(expected);
  });

  it('may have messages of every role', () => {
    const { messages } = read({
      messages: [
        { role: 'developer', content: 'be brief' },
        { role: 'system', content: [{ type: 'text', text: 'be kind' }], name: 'boss' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'look' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          refusal: null,
          annotations: [],
          reasoning_content: 'hm',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'result' },
        { role: 'assistant', content: null, refusal: 'I will not.' },
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      ],
    });
    expect(messages).toEqual([
      { role: 'system', content: 'be brief' },
      { role: 'system', content: [{ type: 'text', text: 'be kind' }], name: 'boss' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image', url: 'https://example.com/a.png', detail: 'low' },
          { type: 'image', data: PNG, mediaType: 'image/png' },
        ],
      },
      { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'f', arguments: '{"a":' }] },
      { role: 'tool', content: 'result', toolCallId: 'c1' },
      { role: 'assistant', content: 'I will not.' },
      { role: 'assistant', content: [{ type: 'text', text: 'No.' }] },
    ]);
  });

  it('may have nulls for what is absent', () => {
    const { fingerprint: _, ...plain } = read();
    const names = Object.keys(CHAT_FIELDS).filter((name) => !(name in BASE));
    const { fingerprint: __, ...withNulls } = read(Object.fromEntries(names.map((name) => [name, null])));
    expect(withNulls).toEqual(plain);
  });
});

describe('a field of a chat', () => {
  const harmless = Object.keys(CHAT_FIELDS).filter((name) => CHAT_FIELDS[name]!.is === 'harmless');
  it.each(harmless)('%s changes nothing', (name) => {
    expect(read({ [name]: { any: 'thing' } })).toEqual(read());
  });

  const refused = Object.keys(CHAT_FIELDS).filter((name) => CHAT_FIELDS[name]!.is === 'refused');
  it.each(refused)('%s is refused by its name', (name) => {
    expect(refusalOf({ [name]: ['something'] }).field).toBe(name);
  });

  it.each([{ n: 1 }, { logit_bias: {} }, { verbosity: 'medium' }, { modalities: ['text'] }])(
    'that asks for nothing is taken: %j',
    (fields) => {
      expect(read(fields)).toEqual(read());
    },
  );

  it.each([
    [{ model: undefined }, 'model', 'model must be given'],
    [{ model: 'a b' }, 'model', 'printable ASCII'],
    [{ messages: [] }, 'messages', 'a list of 1 to 10000 messages'],
    [{ messages: 'hi' }, 'messages', 'a list of'],
    [{ messages: [3] }, 'messages[0]', 'a message'],
    [{ messages: [{ content: 'x' }] }, 'messages[0].role', 'must be'],
    [{ messages: [{ role: 'function', content: 'x' }] }, 'messages[0].role', "'developer'"],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content', 'must be given'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages[0].content', 'a string or a list'],
    [
      { messages: [{ role: 'user', content: [{ type: 'input_audio' }] }] },
      'messages[0].content[0].type',
      "'image_url'",
    ],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text', 'must be given'],
    [
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'ftp://x' } }] }] },
      'messages[0].content[0].image_url',
      'http or https address',
    ],
    [{ messages: [{ role: 'user', content: 'x', audio: {} }] }, 'messages[0].audio', 'no field'],
    [{ messages: [{ role: 'assistant' }] }, 'messages[0].content', 'must be given, or tool_calls'],
    [{ messages: [{ role: 'tool', content: 'x', tool_call_id: 'c9' }] }, 'messages[0].tool_call_id', 'id of a call'],
    [{ modell: 'x' }, 'modell', 'did you mean model?'],
    [{ temperature: 3 }, 'temperature', 'a number from 0 to 2'],
    [{ temperature: '1' }, 'temperature', 'a number from 0 to 2'],
    [{ max_tokens: 0 }, 'max_tokens', 'a whole number from 1'],
    [{ max_tokens: 1, max_completion_tokens: 2 }, 'max_tokens', 'must be left out'],
    [{ stop: ['1', '2', '3', '4', '5'] }, 'stop', 'at most 4'],
    [{ stream_options: { include_usage: true } }, 'stream_options', 'stream: true only'],
    [{ stream: 'yes' }, 'stream', 'true or false'],
    [{ top_logprobs: 2 }, 'top_logprobs', 'logprobs: true only'],
    [{ reasoning_effort: 'hard' }, 'reasoning_effort', "'xhigh'"],
    [{ tools: [{ type: 'custom', custom: {} }] }, 'tools[0].type', "'function'"],
    [{ tools: [{ type: 'function' }] }, 'tools[0].function', 'must be given'],
    [{ tools: [{ type: 'function', function: { name: 'no good' } }] }, 'tools[0].function.name', 'letters'],
    [{ tools: [TOOL], tool_choice: { type: 'allowed_tools', allowed_tools: {} } }, 'tool_choice', 'leave the other'],
    [{ tools: [TOOL], tool_choice: 'sometimes' }, 'tool_choice', "'required'"],
    [{ tool_choice: 'auto' }, 'tool_choice', 'goes with tools only'],
    [{ response_format: { type: 'xml' } }, 'response_format.type', "'json_schema'"],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'n' } } },
      'response_format.json_schema.schema',
      'must be given',
    ],
  ])('that is wrong is named: %j', (fields, field, words) => {
    const refusal = refusalOf(fields);
    expect(refusal.field).toBe(field);
    expect(refusal.message).toContain(words);
  });
});

test('every field of a chat that OpenAI’s client knows has its place in the table', () => {
  const types = readFileSync('node_modules/openai/resources/chat/completions/completions.d.ts', 'utf8');
  const [, body = ''] = /^export interface ChatCompletionCreateParamsBase \{(.*?)^\}/ms.exec(types) ?? [];
  const known = [...body.matchAll(/^ {4}(\w+)\??:/gm)].map(([, name]) => name!);
  expect(known.length).toBeGreaterThan(30);
  expect(known.filter((name) => !(name in CHAT_FIELDS))).toEqual([]);
});

describe('the fingerprint of a chat', () => {
  it('is the same for the same request, whatever it is called and however it is written', () => {
    const body = { ...BASE, temperature: 1, tools: [{ type: 'function', function: { name: 'f', description: 'd' } }] };
    const other = {
      tools: [{ function: { description: 'd', name: 'f' }, type: 'function' }],
      user: 'me',
      temperature: 1,
      stop: null,
      ...BASE,
    };
    expect(readChatRequest(body, 'a').completion.fingerprint).toBe(readChatRequest(other, 'b').completion.fingerprint);
  });

  it('is another for another one', () => {
    const prints = [{}, { temperature: 1 }, { stream: true }, { model: 'gpt-4' }, { seed: 1 }, { cache: true }];
    expect(new Set(prints.map((fields) => read(fields).fingerprint)).size).toBe(prints.length);
  });
});

test('a body that is nested too deeply is refused', () => {
  let schema: object = {};
  for (let depth = 0; depth < 100_000; depth++) schema = { properties: { a: schema } };
  expect(refusalOf({ tools: [{ type: 'function', function: { name: 'f', parameters: schema } }] }).message).toMatch(
    /levels/,
  );
});
