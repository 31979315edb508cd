import Anthropic, { type APIError } from '@anthropic-ai/sdk';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';

const MODEL = 'claude-sonnet-4-6';
const ask = (content: string) => [{ role: 'user' as const, content }];
const say = <More extends object = object>(content: string, more = {} as More) => ({
  model: MODEL,
  max_tokens: 1_000,
  messages: ask(content),
  ...more,
});

let gateway: TestApp;
let client: Anthropic;
const as = (apiKey: string) => new Anthropic({ apiKey, baseURL: gateway.url, maxRetries: 0 });
beforeAll(async () => {
  gateway = await startTestApp();
  client = as(gateway.token('alice'));
});
afterAll(() => gateway.close());
afterEach(() => gateway.simulator.reset());

describe("the official client's messages", () => {
  it('come whole', async () => {
    const message = await client.messages.create(say('[[sim prompt=30 completion=12]]'));
    expect(message).toMatchObject({
      id: expect.stringMatching(/^msg_/),
      type: 'message',
      role: 'assistant',
      model: MODEL,
      content: [{ type: 'text', text: expect.stringMatching(/\w/) }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 30, output_tokens: 12, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
    });
    expect(message._request_id).toEqual(expect.any(String));
    expect(gateway.simulator.stats().bill).toMatchObject([{ promptTokens: 30, completionTokens: 12 }]);
  });

  it('stream, with the helpers of the client', async () => {
    const params = say('[[sim prompt=30 completion=12 chunks=12]] say "it"\\');
    const whole = await client.messages.create(params);
    const pieces: string[] = [];
    const stream = client.messages.stream(params).on('text', (piece) => pieces.push(piece));
    const message = await stream.finalMessage();
    expect(message).toMatchObject({ model: MODEL, content: whole.content, stop_reason: 'end_turn' });
    expect(message.usage).toMatchObject({ input_tokens: 30, output_tokens: 12 });
    expect(pieces).toHaveLength(12);
    expect(pieces.join('')).toBe(await stream.finalText());
    expect(stream.request_id).toEqual(expect.any(String));
  });

  it('stream as plain events', async () => {
    const types: string[] = [];
    for await (const { type } of await client.messages.create(
      say('[[sim completion=2 chunks=2]]', { stream: true as const }),
    ))
      types.push(type);
    expect(types).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  it('are let in by a bearer token, too', async () => {
    const bearer = new Anthropic({ authToken: gateway.token('alice'), apiKey: null, baseURL: gateway.url });
    expect((await bearer.messages.create(say('hi'))).type).toBe('message');
    const keyed = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: {
        'x-api-key': gateway.token('alice'),
        'anthropic-version': '2023-06-01',
        'anthropic-beta': 'some-beta',
        'content-type': 'application/json',
      },
      body: JSON.stringify(say('hi')),
    });
    expect(keyed.status).toBe(200);
  });

  it('say why they ended', async () => {
    const limited = await client.messages.create(say('[[sim completion=50]]', { max_tokens: 5 }));
    expect(limited).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 5 } });
    const params = say('[[sim say="one END two"]]', { stop_sequences: ['END'] });
    const stopped = await client.messages.create(params);
    expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END', content: [{ text: 'one ' }] });
    expect(await client.messages.stream(params).finalMessage()).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
    });
  });

  it('come from any model, whoever makes it', async () => {
    const params = { ...say('[[sim prompt=30 completion=12 chunks=12]]'), model: 'gpt-4.1', system: 'be brief' };
    const whole = await client.messages.create(params);
    expect(whole).toMatchObject({ model: 'gpt-4.1', stop_reason: 'end_turn', usage: { input_tokens: 30 } });
    const streamed = await client.messages.stream(params).finalMessage();
    expect(streamed).toMatchObject({ model: 'gpt-4.1', content: whole.content, usage: { output_tokens: 12 } });
    expect(gateway.simulator.stats().byWire.openai.completed).toBe(2);
  });

  it('come from another provider when the first is down', async () => {
    gateway.simulator.setFault({ fault: '503', wire: 'anthropic' });
    const message = await client.messages.stream(say('hi')).finalMessage();
    expect(message.model).toMatch(/^gpt-/);
  });
});

describe('the official client', () => {
  it('counts tokens, about as the provider does, and free', async () => {
    const words = 'several words that are counted '.repeat(50);
    const { input_tokens } = await client.messages.countTokens({
      model: MODEL,
      messages: ask(words),
      system: 'be brief',
    });
    expect(input_tokens).toBeGreaterThan(200);
    expect(input_tokens).toBeLessThan(400);
    const withTools = await client.messages.countTokens({
      model: MODEL,
      messages: ask(words),
      tools: [{ name: 'f', description: 'd', input_schema: { type: 'object' } }],
    });
    expect(withTools.input_tokens).toBeGreaterThan(input_tokens);
    expect(gateway.simulator.stats().requests).toBe(0);
    await expect(client.messages.countTokens({ model: 'nobodys-model', messages: ask('hi') })).rejects.toBeInstanceOf(
      Anthropic.NotFoundError,
    );
  });

  it('lists models in pages, and looks at one', async () => {
    const names: string[] = [];
    for await (const model of client.models.list({ limit: 3 })) names.push(model.id);
    expect(names.length).toBeGreaterThan(3);
    expect(names).toContain(MODEL);
    expect(await client.models.retrieve(MODEL)).toMatchObject({ type: 'model', id: MODEL });
    await expect(client.models.retrieve('nobodys-model')).rejects.toBeInstanceOf(Anthropic.NotFoundError);
  });

  it('may name its request: a repeat is the same message, another body its ConflictError, not repeated', async () => {
    const retrying = client.withOptions({ maxRetries: 3 });
    const headers = { 'Idempotency-Key': 'a-name-of-mine' };
    const params = say('[[sim completion=12 chunks=12]]');
    const first = await retrying.messages.create(params, { headers });
    expect(await retrying.messages.create(params, { headers })).toEqual(first);
    expect(gateway.simulator.stats().requests).toBe(1);
    const begunMs = performance.now();
    await expect(retrying.messages.create(say('other'), { headers })).rejects.toBeInstanceOf(Anthropic.ConflictError);
    expect(performance.now() - begunMs).toBeLessThan(400); // its first pause is 500 ms
  });

  it('may come back to a stream by its name', async () => {
    const headers = { 'Idempotency-Key': 'a-stream-of-mine' };
    const params = say('[[sim completion=30 chunks=30 gap=10]]');
    const broken = client.messages.stream(params, { headers });
    await broken.emitted('text');
    broken.abort();
    await expect(broken.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
    const again = await client.messages.stream(params, { headers }).finalMessage();
    expect(again.usage.output_tokens).toBe(30);
    expect(gateway.simulator.stats()).toMatchObject({ requests: 1, completed: 1 });
  });

  it('cancels by aborting: the provider stops, what was delivered is charged', async () => {
    const stream = as(gateway.token('bea')).messages.stream(say('[[sim completion=500 chunks=500 gap=20]]'));
    await stream.emitted('text');
    stream.abort();
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
    await eventually(() => expect(gateway.simulator.stats()).toMatchObject({ open: 0, aborted: 1 }));
    await eventually(async () =>
      expect(await readLedger(gateway.databaseUrl, 'bea')).toMatchObject({ charges: 1, held: 0n, faults: [] }),
    );
  });
});

describe('an error is thrown as the class that the official client has for it', () => {
  it.each<[string, object, object]>([
    ['BadRequestError', { max_tokens: 0 }, { type: 'invalid_request_error', errorCode: 'VALIDATION_ERROR' }],
    ['BadRequestError', { messages: ask('[[sim fault=context]]') }, { errorCode: 'CONTEXT_LENGTH_EXCEEDED' }],
    ['BadRequestError', { messages: ask('[[sim fault=filter-400]]') }, { type: 'invalid_request_error' }],
    ['NotFoundError', { model: 'nobodys-model' }, { type: 'not_found_error', errorCode: 'MODEL_NOT_FOUND' }],
    ['OverloadedError', { messages: ask('[[sim fault=500]]') }, { status: 529, errorCode: 'ALL_PROVIDERS_FAILED' }],
  ] as const)('%s for %j', async (name, fields, facts) => {
    const error = await client.messages.create(say('hi', fields)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Anthropic[name as 'BadRequestError']);
    expect(error).toMatchObject({ ...facts, requestID: expect.any(String), error: { request_id: expect.any(String) } });
  });

  it('AuthenticationError and PermissionDeniedError for its key', async () => {
    await expect(as('nonsense').messages.create(say('hi'))).rejects.toMatchObject({
      constructor: Anthropic.AuthenticationError,
      type: 'authentication_error',
    });
    const visitor = as(gateway.token('guest', ['visitor']));
    await expect(visitor.messages.create(say('hi'))).rejects.toBeInstanceOf(Anthropic.PermissionDeniedError);
  });

  it('PaymentRequiredError for a balance that is too low, with the facts', async () => {
    const prompt = 'x '.repeat(1_000_000); // more than 10,000 credits' worth
    const error = await client.messages.create(say(prompt)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Anthropic.PaymentRequiredError);
    expect(error).toMatchObject({
      type: 'billing_error',
      details: { error_code: 'INSUFFICIENT_CREDITS', needed: expect.any(Number), available: expect.any(Number) },
    });
  });

  it('NotFoundError for a route that is not there, and an APIError from within a stream that breaks off', async () => {
    await expect(client.messages.batches.list()).rejects.toBeInstanceOf(Anthropic.NotFoundError);
    const stream = client.messages.stream(
      say('[[sim completion=20 chunks=20 fault=cut after=5]]', { fallback: false }),
    );
    await expect(stream.finalMessage()).rejects.toMatchObject({ type: 'api_error', errorCode: 'UPSTREAM_LOST' });
    expect(stream.currentMessage?.content).toMatchObject([{ type: 'text' }]);
  });

  it('RateLimitError where every provider limits our rate', async () => {
    const error = await client.messages
      .create(say('[[sim fault=429 retry-after=30]]'))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Anthropic.RateLimitError);
    expect((error as APIError).headers!.get('retry-after')).toMatch(/^(29|30)$/);
  });
});
