import { ANTHROPIC_WIRE } from './anthropic-wire.js';
import { OPENAI_WIRE } from './openai-wire.js';
import { Rejection } from './wire.js';

const FUNCTION = { name: 'f', parameters: { type: 'object', properties: {} } };
const user = { role: 'user', content: 'Hi' };

function refusalOf(parse: () => unknown): Rejection['error'] | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof Rejection) return error.error;
    throw error;
  }
}

describe('OpenAI’s wire', () => {
  const refusal = (body: object) =>
    refusalOf(() => OPENAI_WIRE.parse({ model: 'gpt-4o', messages: [user], ...body }, {}));
  const tools = [{ type: 'function', function: FUNCTION }];
  const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
  const strict = (schema: object) => ({
    response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } },
  });

  it.each([
    [
      'a whole request',
      {
        tools,
        tool_choice: 'auto',
        parallel_tool_calls: true,
        temperature: 2,
        seed: 1,
        logprobs: true,
        top_logprobs: 20,
      },
    ],
    [
      'calls and their results',
      {
        messages: [
          user,
          { role: 'assistant', tool_calls: [call('a')] },
          { role: 'tool', tool_call_id: 'a', content: 'x' },
        ],
      },
    ],
    [
      'a strict schema',
      strict({ type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }),
    ],
    ['tools without reasoning', { model: 'gpt-5.6-sol', tools, reasoning_effort: 'none', temperature: 0.5 }],
  ])('takes %s', (_name, body) => {
    expect(refusal(body)).toBeUndefined();
  });

  it.each([
    ['an unknown field', { top_k: 5 }, 'top_k'],
    ['an unknown role', { messages: [{ role: 'robot', content: 'Hi' }] }, 'messages[0].role'],
    [
      'a result that nobody called for',
      { messages: [user, { role: 'tool', tool_call_id: 'a', content: 'x' }] },
      'messages.[1].role',
    ],
    [
      'a call without its result',
      { messages: [{ role: 'assistant', tool_calls: [call('a')] }, user] },
      'messages.[1].role',
    ],
    [
      'an id that is too long',
      { messages: [{ role: 'assistant', tool_calls: [call('x'.repeat(41))] }] },
      'messages[0].tool_calls[0].id',
    ],
    [
      'an unknown part',
      { messages: [{ role: 'user', content: [{ type: 'image' }] }] },
      'messages.[0].content.[0].type',
    ],
    [
      'an image for a text model',
      {
        model: 'gpt-4',
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com' } }] }],
      },
      'messages.[0].content.[0].type',
    ],
    ['a name that is none', { tools: [{ type: 'function', function: { name: 'a b' } }] }, 'tools[0].function.name'],
    ['a choice without tools', { tool_choice: 'auto' }, 'tool_choice'],
    ['a choice of another tool', { tools, tool_choice: { type: 'function', function: { name: 'g' } } }, 'tool_choice'],
    ['parallel calls without tools', { parallel_tool_calls: true }, 'parallel_tool_calls'],
    ['tools where the model takes none', { model: 'gpt-6-astra', tools }, 'tools'],
    ['tools beside reasoning', { model: 'gpt-5.6-sol', tools }, 'reasoning_effort'],
    ['a strict schema that is open', strict({ type: 'object', properties: {} }), 'response_format'],
    [
      'a strict schema with an option',
      strict({ type: 'object', properties: { a: {} }, additionalProperties: false }),
      'response_format',
    ],
    ['JSON mode that nobody speaks of', { response_format: { type: 'json_object' } }, 'messages'],
    ['a schema for an old model', { model: 'gpt-4', ...strict({ type: 'object' }) }, 'response_format'],
    ['an effort for a model that doesn’t reason', { reasoning_effort: 'low' }, 'reasoning_effort'],
    ['an effort that the model doesn’t know', { model: 'o3', reasoning_effort: 'xhigh' }, 'reasoning_effort'],
    ['a temperature for one that reasons', { model: 'o3', temperature: 0.5 }, 'temperature'],
    ['a stop for one that reasons', { model: 'gpt-5', stop: ['x'] }, 'stop'],
    ['alternatives without log probabilities', { top_logprobs: 2 }, 'top_logprobs'],
    ['a temperature out of range', { temperature: 2.1 }, 'temperature'],
    ['too many stops', { stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop'],
    ['usage without a stream', { stream_options: { include_usage: true } }, 'stream_options'],
  ])('refuses %s', (_name, body, param) => {
    expect(refusal(body)).toMatchObject({ status: 400, type: 'invalid_request_error', param });
  });
});

describe('Anthropic’s wire', () => {
  const refusal = (body: object) =>
    refusalOf(() =>
      ANTHROPIC_WIRE.parse(
        { model: 'claude-haiku-4-5', max_tokens: 4_000, messages: [user], ...body },
        { 'anthropic-version': '2023-06-01' },
      ),
    );
  const tools = [{ name: 'f', input_schema: { type: 'object' } }];
  const use = (id: string, input: unknown = {}) => ({ type: 'tool_use', id, name: 'f', input });
  const called = (id: string, input?: unknown) => ({ role: 'assistant', content: [use(id, input)] });
  const result = { type: 'tool_result', tool_use_id: 'a', content: 'x' };
  const text = (more: object = {}) => ({ type: 'text', text: 'Hi', ...more });
  const mark = (ttl?: string) => ({ cache_control: { type: 'ephemeral', ...(ttl === undefined ? {} : { ttl }) } });
  const format = (schema: object) => ({ output_config: { format: { type: 'json_schema', schema } } });

  it.each([
    [
      'a whole request',
      { tools, tool_choice: { type: 'auto' }, temperature: 1, stop_sequences: ['x'], system: 'be brief' },
    ],
    ['calls and their results', { messages: [user, called('a'), { role: 'user', content: [result, text()] }], tools }],
    [
      'results in messages of their own',
      { messages: [user, called('a'), { role: 'user', content: [result] }, user], tools },
    ],
    ['a budget', { thinking: { type: 'enabled', budget_tokens: 1_024 } }],
    ['a closed schema', format({ type: 'object', properties: {}, additionalProperties: false })],
    ['a prefill', { messages: [user, { role: 'assistant', content: 'Well,' }] }],
    [
      'four breakpoints',
      { messages: [{ role: 'user', content: [text(mark('1h')), text(mark('1h')), text(mark()), text(mark('5m'))] }] },
    ],
  ])('takes %s', (_name, body) => {
    expect(refusal(body)).toBeUndefined();
  });

  it.each([
    ['an unknown field', { seed: 1 }, 'seed: Extra inputs are not permitted'],
    ['an assistant who begins', { messages: [{ role: 'assistant', content: 'Hi' }, user] }, 'first message'],
    ['empty text', { messages: [{ role: 'user', content: [{ type: 'text', text: ' ' }] }] }, 'non-whitespace'],
    ['an id that is none', { messages: [user, called('a:b'), user] }, 'tool_use.id'],
    ['arguments that are no object', { messages: [user, called('a', '{}'), user] }, 'valid dictionary'],
    ['a call without its result', { messages: [user, called('a'), user] }, 'without `tool_result` blocks'],
    [
      'a result that doesn’t come first',
      { messages: [user, called('a'), { role: 'user', content: [text(), result] }] },
      'without `tool_result` blocks',
    ],
    [
      'a result that nobody called for',
      { messages: [{ role: 'user', content: [result] }] },
      'unexpected `tool_use_id`',
    ],
    [
      'a prefill that ends in white space',
      { messages: [user, { role: 'assistant', content: 'Well ' }] },
      'trailing whitespace',
    ],
    [
      'a prefill for a late model',
      { model: 'claude-opus-4-6', messages: [user, { role: 'assistant', content: 'Well' }] },
      'prefill',
    ],
    [
      'a thought that is not its own',
      {
        messages: [user, { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature: 'x' }] }, user],
      },
      '`signature`',
    ],
    [
      'an image of a strange type',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'image', source: { type: 'base64', media_type: 'image/bmp', data: 'AAAA' } }],
          },
        ],
      },
      'media_type',
    ],
    ['a tool without a schema', { tools: [{ name: 'f' }] }, 'input_schema: Field required'],
    ['two tools of one name', { tools: [...tools, ...tools] }, 'unique'],
    ['a choice without tools', { tool_choice: { type: 'any' } }, 'while providing tools'],
    ['a choice of another tool', { tools, tool_choice: { type: 'tool', name: 'g' } }, 'not found'],
    [
      'a forced tool where that is refused',
      { model: 'claude-opus-5-5', tools, tool_choice: { type: 'any' } },
      'forced tool use',
    ],
    [
      'a forced tool beside a budget',
      { tools, tool_choice: { type: 'any' }, thinking: { type: 'enabled', budget_tokens: 2_000 } },
      'tool_choice',
    ],
    ['a budget above the limit', { thinking: { type: 'enabled', budget_tokens: 4_000 } }, 'must be greater than'],
    [
      'a budget that is too small',
      { thinking: { type: 'enabled', budget_tokens: 10 } },
      'greater than or equal to 1024',
    ],
    [
      'a budget for a late model',
      { model: 'claude-opus-5', thinking: { type: 'enabled', budget_tokens: 2_000 } },
      'thinking.type.enabled',
    ],
    [
      'thinking for an old model',
      { model: 'claude-3-5-haiku-latest', thinking: { type: 'enabled', budget_tokens: 2_000 } },
      'does not support thinking',
    ],
    [
      'a budget amid a turn that was begun without',
      {
        messages: [user, called('a'), { role: 'user', content: [result] }],
        tools,
        thinking: { type: 'enabled', budget_tokens: 2_000 },
      },
      'Expected `thinking`',
    ],
    [
      'a temperature beside thinking',
      { temperature: 0.5, thinking: { type: 'enabled', budget_tokens: 2_000 } },
      'only be set to 1',
    ],
    ['a temperature for a late model', { model: 'claude-opus-4-7', temperature: 1 }, 'deprecated'],
    ['both ways of sampling', { temperature: 1, top_p: 1 }, 'cannot both'],
    ['an open schema', format({ type: 'object', properties: {} }), 'additionalProperties'],
    [
      'a limit in a schema',
      format({ type: 'object', properties: { a: { type: 'integer', minimum: 1 } }, additionalProperties: false }),
      "'minimum'",
    ],
    [
      'a schema for an old model',
      { model: 'claude-sonnet-4-0', ...format({ type: 'object', additionalProperties: false }) },
      'structured outputs',
    ],
    ['an effort for a model without', { output_config: { effort: 'low' } }, 'effort'],
    [
      'five breakpoints',
      { messages: [{ role: 'user', content: Array.from({ length: 5 }, () => text(mark())) }] },
      'maximum of 4',
    ],
    [
      'an hour after five minutes',
      { messages: [{ role: 'user', content: [text(mark()), text(mark('1h'))] }] },
      "ttl='1h'",
    ],
  ])('refuses %s', (_name, body, words) => {
    expect(refusal(body)).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringContaining(words),
    });
  });
});
