import type OpenAI from 'openai';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { ask, OPENAI_CLIENTS } from '../support/openai-clients.js';

const MODEL = 'gpt-4.1';

describe.each(OPENAI_CLIENTS)('%s at a gateway with simulated providers', (_, Client) => {
  let gateway: TestApp;
  let client: OpenAI;
  beforeAll(async () => {
    gateway = await startTestApp();
    client = new Client({ apiKey: gateway.token('alice'), baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  });
  afterAll(() => gateway.close());
  afterEach(() => gateway.simulator.reset());
  const as = (key: string) => new Client({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });

  it('gets a chat whole', async () => {
    const answer = await client.chat.completions.create({
      model: MODEL,
      messages: ask('[[sim prompt=30 completion=12]]'),
    });
    expect(answer.id).toMatch(/^chatcmpl-/);
    expect(answer).toMatchObject({ object: 'chat.completion', model: MODEL });
    expect(answer.choices[0]).toMatchObject({ index: 0, finish_reason: 'stop', logprobs: null });
    expect(answer.choices[0]!.message).toMatchObject({ role: 'assistant', refusal: null });
    expect(answer.choices[0]!.message.content).not.toBe('');
    expect(answer.usage).toMatchObject({ prompt_tokens: 30, completion_tokens: 12, total_tokens: 42 });
    expect(answer._request_id).toEqual(expect.any(String));
    expect(gateway.simulator.stats().bill).toMatchObject([{ promptTokens: 30, completionTokens: 12 }]);
  });

  it('streams a chat, with its usage where that is asked for', async () => {
    const messages = ask('[[sim prompt=30 completion=12 chunks=12]] say "it"\\');
    const whole = await client.chat.completions.create({ model: MODEL, messages });
    const stream = await client.chat.completions.create({
      model: MODEL,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    expect(text).toBe(whole.choices[0]!.message.content);
    expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  it('puts a stream together by its own helper', async () => {
    const stream = client.chat.completions.stream({ model: MODEL, messages: ask('[[sim completion=12 chunks=12]]') });
    const pieces: string[] = [];
    stream.on('content', (delta) => pieces.push(delta));
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]!.message.content).toBe(pieces.join(''));
    expect(final.choices[0]!.finish_reason).toBe('stop');
  });

  it('gets vectors, in base64 as it likes it, as numbers, and shorter ones', async () => {
    const input = ['one', 'two'];
    const model = 'text-embedding-3-small';
    const byDefault = await client.embeddings.create({ model, input });
    const numbers = await client.embeddings.create({ model, input, encoding_format: 'float' });
    expect(byDefault.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
      [0, 1536],
      [1, 1536],
    ]);
    const rounded = (vector: number[]) => [...new Float32Array(vector)];
    expect(byDefault.data.map(({ embedding }) => [...embedding])).toEqual(
      numbers.data.map(({ embedding }) => rounded(embedding)),
    );
    const [first, second] = gateway.simulator.stats().bodies.map(({ body }) => body as Record<string, unknown>);
    expect([first!['encoding_format'], second!['encoding_format']]).toEqual(['base64', 'float']);
    const short = await client.embeddings.create({ model, input: 'one', dimensions: 256 });
    expect(short.data[0]!.embedding).toHaveLength(256);
    const tokens = await client.embeddings.create({ model, input: [[1, 2, 3], [4]] });
    expect(tokens.usage).toEqual({ prompt_tokens: 4, total_tokens: 4 });
    expect((await client.embeddings.create({ model, input: [1, 2, 3] })).data).toHaveLength(1);
  });

  it('lists models, and looks at one', async () => {
    const names: string[] = [];
    for await (const model of client.models.list()) names.push(model.id);
    expect(names).toEqual(expect.arrayContaining(['gpt-4.1', 'claude-sonnet-4-5', 'text-embedding-3-small']));
    expect(await client.models.retrieve('gpt-4.1')).toMatchObject({ object: 'model', owned_by: 'openai' });
    await expect(client.models.retrieve('nobodys-model')).rejects.toBeInstanceOf(Client.NotFoundError);
  });

  it.each([
    ['BadRequestError', { temperature: 9 }, { status: 400, param: 'temperature', type: 'invalid_request_error' }],
    ['BadRequestError', { n: 2 }, { status: 400, param: 'n' }],
    ['NotFoundError', { model: 'nobodys-model' }, { status: 404, code: 'model_not_found', param: 'model' }],
    ['BadRequestError', { messages: ask('[[sim fault=context]]') }, { code: 'context_length_exceeded' }],
  ] as const)('throws its %s for %j', async (name, fields, facts) => {
    const asked = client.chat.completions.create({ model: MODEL, messages: ask('hi'), ...fields } as never);
    const error = await asked.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Client[name]);
    expect(error).toMatchObject({ ...facts, requestID: expect.any(String) });
  });

  it('throws its own errors for keys and routes', async () => {
    const chat = { model: MODEL, messages: ask('hi') };
    const refusal = (key: string) =>
      as(key)
        .chat.completions.create(chat)
        .catch((error: unknown) => error);
    expect(await refusal('nonsense')).toBeInstanceOf(Client.AuthenticationError);
    expect(await refusal(gateway.token('guest', ['visitor']))).toBeInstanceOf(Client.PermissionDeniedError);
    const missing = await client.responses.create({ model: MODEL, input: 'hi' }).catch((error: unknown) => error);
    expect(missing).toBeInstanceOf(Client.NotFoundError);
    expect((missing as Error).message).toContain('POST /v1/chat/completions');
  });

  it('may name its request: a repeat is the same answer, another body its ConflictError, not repeated', async () => {
    const retrying = client.withOptions({ maxRetries: 3 });
    const create = (content: string) =>
      retrying.chat.completions.create(
        { model: MODEL, messages: ask(content) },
        { headers: { 'Idempotency-Key': 'named' } },
      );
    const first = await create('[[sim completion=5]]');
    expect((await create('[[sim completion=5]]')).choices).toEqual(first.choices);
    expect(gateway.simulator.stats().requests).toBe(1);
    const begunMs = performance.now();
    await expect(create('other')).rejects.toBeInstanceOf(Client.ConflictError);
    expect(performance.now() - begunMs).toBeLessThan(400); // its first pause is 500 ms
  });

  it('cancels by aborting: the provider stops, what was delivered is charged', async () => {
    const spender = as(gateway.token('bea'));
    const stream = await spender.chat.completions.create({
      model: MODEL,
      messages: ask('[[sim completion=500 chunks=500 gap=20]]'),
      stream: true,
    });
    let count = 0;
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content && ++count === 3) break;
    await eventually(() => expect(gateway.simulator.stats()).toMatchObject({ open: 0, aborted: 1 }));
    await eventually(async () =>
      expect(await readLedger(gateway.databaseUrl, 'bea')).toMatchObject({ charges: 1, held: 0n, faults: [] }),
    );
  });
});
