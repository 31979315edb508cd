import 'reflect-metadata';
import fc from 'fast-check';
import { pngOf } from '../../../test/support/images.js';
import type { CompletionRequest } from '../../completions/completion-request.js';
import { readClientFrame } from './client-frame.js';

const chat = {
  id: 'one',
  type: 'chat',
  provider: 'auto',
  model: 'gpt-4',
  messages: [{ role: 'user', content: 'hello' }] as unknown[],
  stream: true,
};
const embedding = { id: 'one', type: 'embedding', provider: 'auto', model: 'm', prompt: 'a', stream: false };
const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object' }, strict: true }, { name: 'go' }];
const data = pngOf(2, 2);

function requestOf(body: object): CompletionRequest {
  const frame = readClientFrame(JSON.stringify(body));
  if (frame.kind !== 'request') throw new Error(`no request: ${JSON.stringify(frame)}`);
  return frame.request;
}

function faultsOf(body: object): string[] {
  const frame = readClientFrame(JSON.stringify(body));
  if (frame.kind !== 'invalid') throw new Error(`not invalid: ${JSON.stringify(frame)}`);
  return (frame.error.toBody().details!['fields'] as { message: string }[]).map(({ message }) => message);
}

describe('what a request may ask for', () => {
  it.each([
    [{ tools }, { tools }],
    [
      { tools, toolChoice: 'required' },
      { tools, toolChoice: 'required' },
    ],
    [
      { tools, toolChoice: { name: 'go' }, parallelToolCalls: false },
      { tools, toolChoice: { name: 'go' }, parallelToolCalls: false },
    ],
    [{ responseFormat: { type: 'json_object' } }, { responseFormat: { type: 'json_object' } }],
    [
      { responseFormat: { type: 'json_schema', name: 'a', schema: { const: null }, strict: null } },
      { responseFormat: { type: 'json_schema', name: 'a', schema: { const: null } } },
    ],
    [{ seed: -7 }, { seed: -7 }],
    [
      { presencePenalty: -2, frequencyPenalty: 2 },
      { presencePenalty: -2, frequencyPenalty: 2 },
    ],
    [{ topLogprobs: 0 }, { topLogprobs: 0 }],
    [{ reasoningEffort: 'high' }, { reasoning: { effort: 'high' } }],
    [{ reasoningEffort: 'low', reasoningBudgetTokens: 5 }, { reasoning: { effort: 'low', budgetTokens: 5 } }],
    [{ tools: null, toolChoice: null, seed: null, responseFormat: null, cache: null }, {}],
  ])('%j', (fields, options) => expect(requestOf({ ...chat, ...fields }).options).toEqual(options));

  it('is to be rescued, found in the cache, or asked of one provider', () => {
    expect(requestOf({ ...chat, onMidStreamFailure: 'restart', cache: true, provider: 'my.vllm-2' })).toMatchObject({
      onMidStreamFailure: 'restart',
      mayUseCache: true,
      provider: 'my.vllm-2',
    });
    expect(requestOf({ ...chat, onMidStreamFailure: 'error' })).not.toHaveProperty('onMidStreamFailure');
  });

  it('is how long vectors are to be', () => {
    expect(requestOf({ ...embedding, dimensions: 256 }).vectors).toEqual({ encoding: 'float', dimensions: 256 });
  });

  it.each([
    [{ tools: {} }, 'tools must be a list of tools {name, description?, parameters?, strict?}'],
    [{ tools: [] }, 'tools must be a list of tools {name, description?, parameters?, strict?}'],
    [{ tools: [null] }, 'tools[0] must be a tool {name, description?, parameters?, strict?}'],
    [{ tools: [{ nane: 'a', name: 'a' }] }, 'tools[0].nane is no field of this request (did you mean name?)'],
    [{ tools: [{}] }, 'tools[0].name must be a string'],
    [{ tools: [{ name: 'a', strict: 'yes' }] }, 'tools[0].strict must be true or false'],
    [{ tools: [{ name: 'a b' }] }, 'tools[0].name must be 1 to 64 letters, digits, _ and -'],
    [{ tools: [{ name: 'a', cacheBreakpoint: { ttl: '2h' } }] }, "tools[0].cacheBreakpoint.ttl must be '5m' or '1h'"],
    [{ tools, toolChoice: 'any' }, "toolChoice must be 'auto', 'none', 'required' or {name}"],
    [
      { tools, toolChoice: { nam: 'go', name: 'go' } },
      'toolChoice.nam is no field of this request (did you mean name?)',
    ],
    [{ toolChoice: 'auto' }, 'toolChoice goes with tools only'],
    [{ responseFormat: 'json' }, expect.stringMatching(/^responseFormat must be \{type: 'text'\}, /)],
    [{ responseFormat: { type: 'json' } }, expect.stringMatching(/^responseFormat must be \{type: 'text'\}, /)],
    [{ responseFormat: { type: 'json_object', schema: {} } }, 'responseFormat.schema is no field of this request'],
    [{ responseFormat: { type: 'json_schema', name: 'a' } }, 'responseFormat.schema must be a JSON schema, an object'],
    [{ seed: 0.5 }, 'seed must be a whole number'],
    [{ seed: 2 ** 53 }, 'seed must be a whole number'],
    [{ presencePenalty: 3 }, 'presencePenalty must be a number from -2 to 2'],
    [{ topLogprobs: 21 }, 'topLogprobs must be a whole number from 0 to 20'],
    [{ response_format: {} }, 'response_format is no field of this request (did you mean responseFormat?)'],
    [{ reasoningEffort: 'max' }, "reasoningEffort must be 'none', 'minimal', 'low', 'medium', 'high' or 'xhigh'"],
    [{ onMidStreamFailure: 'resume' }, "onMidStreamFailure must be 'error', 'continue' or 'restart'"],
    [{ cache: 'yes' }, 'cache must be true or false'],
    [{ dimensions: 5 }, "dimensions goes with type 'embedding' only"],
    [{ provider: 'a provider' }, "provider must be 'auto' or the name of a provider"],
  ])('is not %.70j', (fields, fault) => expect(faultsOf({ ...chat, ...fields })).toEqual([fault]));

  it('is for text only where it says something of text', () => {
    expect(faultsOf({ ...embedding, tools, seed: 1, reasoningEffort: 'low' })).toEqual([
      "tools does not go with type 'embedding'",
      "seed does not go with type 'embedding'",
      "reasoningEffort does not go with type 'embedding'",
    ]);
  });
});

describe('a message', () => {
  const call = { id: 'call_1', name: 'look', arguments: '{"at": "sky"}' };
  const asking = { role: 'assistant', toolCalls: [call] };
  const answering = { role: 'tool', content: 'blue', toolCallId: 'call_1' };
  const messagesOf = (...messages: unknown[]) => requestOf({ ...chat, messages }).messages;
  const faultsIn = (...messages: unknown[]) => faultsOf({ ...chat, messages });

  it.each([[undefined], [null], ['']])('of an assistant that called tools may have the content %j', (content) => {
    expect(messagesOf({ ...asking, content }, answering)).toEqual([{ ...asking, content: '' }, answering]);
  });

  it('of a tool may say that it failed, in parts too', () => {
    const failed = { ...answering, isToolError: true, content: [{ type: 'text', text: 'no sky' }] };
    expect(messagesOf({ ...asking, content: 'I look.' }, failed)[1]).toEqual(failed);
  });

  it('of an assistant may give its thoughts back', () => {
    const reasoning = [{ text: 'Hm.', signature: 's' }, { text: 'Hm!' }, { redacted: 'xyz' }];
    expect(messagesOf({ ...chat.messages[0]! }, { ...asking, reasoning }, answering)[1]).toEqual({
      ...asking,
      content: '',
      reasoning,
    });
  });

  it('may show images, and say what is to be kept in a cache', () => {
    const content = [
      { type: 'text', text: 'What is this?', cacheBreakpoint: { ttl: '1h' } },
      { type: 'image', url: 'https://example.com/a.png', detail: 'low' },
      { type: 'image', data },
      { type: 'image', url: `data:image/jpeg;base64,${data}`, detail: null },
    ];
    const image = { type: 'image', data, mediaType: 'image/png' };
    expect(messagesOf({ role: 'user', content })[0]!.content).toEqual([content[0], content[1], image, image]);
  });

  it.each([
    [
      { role: 'user', content: '', toolCals: [] },
      'messages[0].toolCals is no field of this request (did you mean toolCalls?)',
    ],
    [{ content: 'a' }, "messages[0].role must be 'system', 'user', 'assistant' or 'tool'"],
    [{ role: 'robot', content: 'a' }, "messages[0].role must be 'system', 'user', 'assistant' or 'tool'"],
    [{ role: 'user', content: 'a', name: '' }, 'messages[0].name must be a string of 1 to 64 characters'],
    [{ role: 'assistant', toolCalls: [] }, expect.stringMatching(/^messages\[0\].toolCalls must be a list of calls/)],
    [{ role: 'user', content: 'a', toolCallId: '1' }, "messages[0].toolCallId goes with role 'tool' only"],
    [
      { role: 'user', content: 'a', reasoning: [{ text: '' }] },
      "messages[0].reasoning goes with role 'assistant' only",
    ],
    [
      { role: 'assistant', content: 'a', reasoning: 'thoughts' },
      expect.stringMatching(/^messages\[0\].reasoning must be a list of 1 to 1000 blocks/),
    ],
    [
      { role: 'assistant', content: 'a', reasoning: [{ redacted: 'x', text: 'y' }] },
      'messages[0].reasoning[0].text does not go with redacted',
    ],
    [{ role: 'user', content: [{ type: 'txt' }] }, expect.stringMatching(/^messages\[0\].content\[0\] must be a part/)],
    [{ role: 'user', content: [{ type: 'text' }] }, 'messages[0].content[0].text must be a string'],
    [{ role: 'user', content: [{ type: 'image' }] }, 'messages[0].content[0] must have url or data, one of them'],
    [
      { role: 'user', content: [{ type: 'image', url: 'file:///etc/passwd' }] },
      expect.stringMatching(/^messages\[0\].content\[0\] must have as url an http or https address/),
    ],
    [
      { role: 'user', content: [{ type: 'image', data, detail: 'ultra' }] },
      "messages[0].content[0].detail must be 'low', 'high' or 'auto'",
    ],
    [
      { role: 'system', content: [{ type: 'image', data }] },
      "messages[0].content[0] must be text: images go with the roles 'user' and 'tool'",
    ],
  ])('is not %.70j', (message, fault) => expect(faultsIn(message)).toEqual([fault]));

  it('names a call by its place', () => {
    const bad = { role: 'assistant', toolCalls: [{ ...call, arguments: { at: 'sky' } }] };
    expect(faultsIn(...chat.messages, bad)).toEqual([
      'messages[1].toolCalls[0].arguments must be the arguments as JSON text, as the model wrote them',
    ]);
    expect(faultsIn(...chat.messages, asking)).toEqual([
      "messages[1].toolCalls[0].id is answered by no message of role 'tool' right behind it",
    ]);
  });
});

describe('the fingerprint of a request with tools', () => {
  const asked = (schema: object) => requestOf({ ...chat, tools: [{ name: 'look', parameters: schema }] }).fingerprint;

  it('is the same however the keys of its schema are ordered', () => {
    const [one, other] = [
      { type: 'object', properties: { a: { const: 1 } } },
      { properties: { a: { const: 1 } }, type: 'object' },
    ];
    expect(asked(one)).toBe(asked(other));
  });

  it('knows a null in a schema from none', () => {
    expect(asked({ type: 'object', default: null })).not.toBe(asked({ type: 'object' }));
  });

  it.each([[{ tools: [{ name: 'look', description: null }] }, { tools: [{ name: 'look' }] }]])(
    'takes null elsewhere for absent',
    (one, other) => {
      expect(requestOf({ ...chat, ...one }).fingerprint).toBe(requestOf({ ...chat, ...other }).fingerprint);
    },
  );

  it('is that of the image, not of its spelling', () => {
    const of = (image: object) =>
      requestOf({ ...chat, messages: [{ role: 'user', content: [{ type: 'image', ...image }] }] });
    expect(of({ data }).fingerprint).toBe(of({ url: `data:image/png;base64,${data}` }).fingerprint);
    expect(of({ data }).fingerprint).not.toBe(of({ data: pngOf(2, 3) }).fingerprint);
  });
});

it('a request in the background is no larger than the queue is to keep', () => {
  const body = { ...chat, stream: false, background: true };
  const frame = readClientFrame(
    JSON.stringify({ ...body, messages: [{ role: 'user', content: 'x'.repeat(4_200_000) }] }),
  );
  expect(frame).toMatchObject({ kind: 'invalid', id: 'one', error: { code: 'PAYLOAD_TOO_LARGE' } });
  expect(requestOf({ ...body, messages: [{ role: 'user', content: 'x'.repeat(4_100_000) }] }).isBackground).toBe(true);
});

it('refuses what is nested more deeply than it can follow', () => {
  const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
  const text = `${JSON.stringify(chat).slice(0, -1)},"tools":[{"name":"go","parameters":${deep}}]}`;
  expect(readClientFrame(text)).toMatchObject({
    kind: 'invalid',
    id: 'one',
    error: { message: 'The request is nested too deeply.' },
  });
});

it('reads whatever comes without failing, and quickly', () => {
  const names = ['role', 'content', 'toolCalls', 'name', 'type', 'url', 'data', 'schema', '__proto__', 'constructor'];
  const words = ['tool', 'assistant', 'image', 'text', 'json_schema', '', '\0', 'data:image/png;base64,iVBORw0KGgo'];
  const any = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom(null, true, 0, -1, 2 ** 60, ...words),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 5 }),
    ),
  })).value;
  const fields = ['messages', 'tools', 'toolChoice', 'responseFormat', 'prompt', 'stop', 'cache', 'dimensions', 'seed'];
  const start = performance.now();
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...fields), any), (body) => {
      const frame = readClientFrame(JSON.stringify({ ...chat, ...body }));
      expect(['request', 'invalid']).toContain(frame.kind);
    }),
    { numRuns: 2_000 },
  );
  expect(performance.now() - start).toBeLessThan(20_000);
});

it('a frame of the largest kind of nonsense is refused in a moment', () => {
  const tools = Array(60_000).fill({ name: 'a' });
  const calls = Array(60_000).fill({ id: '1', name: 'a', arguments: '' });
  for (const nonsense of [{ tools }, { messages: [{ role: 'assistant', toolCalls: calls }] }]) {
    const text = JSON.stringify({ ...chat, ...nonsense });
    const start = performance.now();
    expect(readClientFrame(text).kind).toBe('invalid');
    expect(performance.now() - start).toBeLessThan(300);
  }
});
