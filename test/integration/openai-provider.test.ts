import { once } from 'node:events';
import type { TextRequest } from '../../src/providers/contract/text-request.js';
import { HttpTransport } from '../../src/providers/http/http-transport.js';
import { OpenAiProvider } from '../../src/providers/openai/openai.provider.js';
import {
  cutStream,
  hangUp,
  json,
  openStream,
  page,
  ProviderServer,
  reset,
  settled,
  silence,
  stream,
  type Answer,
} from '../support/provider-server.js';
import { readParts, rejection } from '../support/read-parts.js';

const REQUEST: TextRequest = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }], maxOutputTokens: 50 };

const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
const delta = (content: string) => event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const FINISH = event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
const USAGE = event({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 0 } });
const DONE = 'data: [DONE]\n\n';
const WHOLE = [delta('Grüße '), delta('aus 東京 🗼'), FINISH, USAGE, DONE];
const TEXT = 'Grüße aus 東京 🗼';
const END_PARTS = [
  { type: 'finish', reason: 'stop' },
  { type: 'usage', usage: { inputTokens: 9, outputTokens: 0 } },
];

describe('OpenAiProvider against a real server', () => {
  let server: ProviderServer;
  let provider: OpenAiProvider;
  let malformedEvents: number;
  const signal = () => new AbortController().signal;

  beforeEach(async () => {
    malformedEvents = 0;
    server = await ProviderServer.start();
    const onMalformedEvent = () => malformedEvents++;
    provider = new OpenAiProvider(
      { apiKey: 'sk-test', baseUrl: `${server.url}/v1`, onMalformedEvent },
      new HttpTransport(),
    );
  });

  afterEach(async () => {
    await provider.close();
    await server.close();
  });

  const open = (options = { signal: signal() }) => provider.stream(REQUEST, options);

  async function answerOf(...answers: Answer[]) {
    server.willAnswer(...answers);
    const answer = await readParts(await open());
    await settled();
    return answer;
  }

  async function refusalOf(...answers: Answer[]) {
    server.willAnswer(...answers);
    const error = await rejection(open());
    await settled();
    return error;
  }

  it('streams text, finish reason and usage, a zero included', async () => {
    const { text, parts, error } = await answerOf(stream(WHOLE.join('')));
    expect({ text, error }).toEqual({ text: TEXT, error: undefined });
    expect(parts.slice(-2)).toEqual(END_PARTS);
  });

  it('sends the request as the vendor documents it and nothing that it did not ask for', async () => {
    await answerOf(stream(...WHOLE));
    const [request] = server.requests;
    expect(request).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json' },
      body: { model: 'gpt-4o', max_tokens: 50, stream: true, stream_options: { include_usage: true } },
    });
    for (const name of ['accept-encoding', 'openai-organization', 'openai-project', 'idempotency-key']) {
      expect(request?.headers).not.toHaveProperty(name);
    }
  });

  it('sends every request its own body', async () => {
    await answerOf(stream(...WHOLE));
    server.willAnswer(stream(...WHOLE));
    await readParts(await provider.stream({ ...REQUEST, model: 'o3-mini', maxOutputTokens: 7 }, { signal: signal() }));
    expect(server.requests.map(({ body }) => body.model)).toEqual(['gpt-4o', 'o3-mini']);
    expect(server.requests[1]?.body).toMatchObject({ max_completion_tokens: 7 });
    expect(server.requests[1]?.headers).toEqual({
      ...server.requests[0]?.headers,
      'content-length': server.requests[1]?.headers['content-length'],
    });
  });

  it('needs no key where the server asks for none, and sends headers of its own', async () => {
    const headers = { 'x-title': 'gateway', authorization: 'Basic abc' };
    for (const [options, expected] of [
      [{}, undefined],
      [{ headers }, 'Basic abc'],
    ] as const) {
      const other = new OpenAiProvider({ id: 'ollama', baseUrl: server.url, ...options }, new HttpTransport());
      server.willAnswer(stream(...WHOLE));
      await readParts(await other.stream(REQUEST, { signal: signal() }));
      expect(server.requests.at(-1)?.headers.authorization).toBe(expected);
      await other.close();
    }
    expect(server.requests.at(-1)?.headers).toHaveProperty('x-title', 'gateway');
  });

  it('believes what it is told of a model more than its own tables', async () => {
    const capabilities = (model: string) => (model === 'llama3.2' ? { images: false, contextTokens: 8192 } : {});
    const other = new OpenAiProvider({ id: 'ollama', baseUrl: server.url, capabilities }, new HttpTransport());
    expect(other.capabilities('llama3.2')).toMatchObject({ images: false, contextTokens: 8192, embeddings: true });
    await other.close();
  });

  it('uses a base address exactly as it is given', async () => {
    const plain = new OpenAiProvider({ apiKey: 'k', baseUrl: server.url }, new HttpTransport());
    server.willAnswer(stream(...WHOLE));
    await readParts(await plain.stream(REQUEST, { signal: signal() }));
    expect(server.requests[0]?.path).toBe('/chat/completions');
    await plain.close();
  });

  it('gives what one read of the network brought as one batch', async () => {
    const { batches } = await answerOf(stream(WHOLE.join('')));
    expect(batches).toHaveLength(1);
  });

  it('reads a stream that comes byte by byte', async () => {
    const bytes = [...Buffer.from(WHOLE.join(''))].map((byte) => Buffer.from([byte]));
    const { text, parts } = await answerOf(stream(...bytes));
    expect(text).toBe(TEXT);
    expect(parts.slice(-2)).toEqual(END_PARTS);
  });

  it('reads CRLF lines, comments and fields that it has no use for', async () => {
    const wire = `: hello\n\nretry: 3000\nid: 1\n${WHOLE.join(': ping\n\n')}`.replaceAll('\n', '\r\n');
    expect((await answerOf(stream(wire))).text).toBe(TEXT);
  });

  it('reads events far larger than a read of the network', async () => {
    const long = 'é'.repeat(200_000);
    expect((await answerOf(stream(delta(long), FINISH, DONE))).text).toBe(long);
  });

  it('skips a malformed event amid good ones and counts it', async () => {
    const { text, error } = await answerOf(stream(delta('a'), 'data: {"choices":[{"del\n\n', delta('b'), FINISH, DONE));
    expect({ text, error, malformedEvents }).toEqual({ text: 'ab', error: undefined, malformedEvents: 1 });
  });

  it('finalises at once without [DONE], whether the server ends or forgets to', async () => {
    const ended = await answerOf(stream(delta('a'), FINISH, USAGE));
    const open = await answerOf(openStream(delta('a'), FINISH, USAGE));
    for (const { text, parts, error } of [ended, open]) {
      expect({ text, error }).toEqual({ text: 'a', error: undefined });
      expect(parts.slice(-2)).toEqual(END_PARTS);
    }
  });

  it('is whole with a finish reason even if the connection is reset after it', async () => {
    expect((await answerOf(cutStream(delta('a'), FINISH))).error).toBeUndefined();
  });

  it.each([
    ['reset', cutStream(delta('a'), delta('b'))],
    ['clean end', stream(delta('a'), delta('b'))],
    ['[DONE] alone', stream(delta('a'), delta('b'), DONE)],
  ])('calls a stream without a finish reason broken: %s', async (_name, answer) => {
    const { text, error } = await answerOf(answer);
    expect(text).toBe('ab');
    expect(error).toMatchObject({ name: 'ProviderError', kind: 'stream_broken', providerId: 'openai' });
  });

  it.each([
    [{ type: 'server_error', message: 'boom' }, 'server_error'],
    [{ code: 'rate_limit_exceeded', message: 'slow down' }, 'rate_limited'],
  ])('throws an error event where it stands: %j', async (fault, kind) => {
    const { text, error } = await answerOf(stream(delta('a'), event({ error: fault })));
    expect(text).toBe('a');
    expect(error).toMatchObject({ kind, message: fault.message });
  });

  it.each([
    [
      json(429, { error: { code: 'x', message: 'slow' } }, { 'retry-after': '2' }),
      { kind: 'rate_limited', retryAfterMs: 2000 },
    ],
    [json(429, { error: { code: 'insufficient_quota' } }), { kind: 'quota_exhausted' }],
    [
      json(400, { error: { code: 'context_length_exceeded', message: 'too long' } }),
      { kind: 'context_length_exceeded' },
    ],
    [json(400, { error: { message: 'no such role' } }), { kind: 'bad_request', message: 'no such role' }],
    [
      json(401, { error: { message: 'Incorrect API key provided: sk-abcdef123456' } }),
      { kind: 'unauthorized', message: 'Incorrect API key provided: [redacted]' },
    ],
    [json(404, { error: { code: 'model_not_found' } }), { kind: 'model_not_found' }],
    [
      page(502, 'text/html', '<html>Bad gateway</html>'),
      { kind: 'server_error', status: 502, message: 'The provider answered 502' },
    ],
    [page(503, 'text/plain', ''), { kind: 'server_error', status: 503 }],
    [page(500, 'application/json', '{"error":'), { kind: 'server_error', status: 500 }],
    [page(307, 'text/plain', 'elsewhere'), { kind: 'malformed_response', status: 307 }],
    [page(200, 'text/html', '<html>Log in</html>'), { kind: 'malformed_response', status: 200 }],
    [json(200, { error: { code: 'insufficient_quota', message: 'gone' } }), { kind: 'quota_exhausted' }],
    [json(200, { choices: [] }), { kind: 'malformed_response' }],
  ])('knows a refusal for what it is (%#)', async (answer, expected) => {
    expect(await refusalOf(answer)).toMatchObject({ name: 'ProviderError', ...expected });
  });

  it('does not retry', async () => {
    await refusalOf(json(500, {}, { 'x-should-retry': 'true' }));
    expect(server.requests).toHaveLength(1);
  });

  it('uses a connection again after every kind of ending that leaves it whole', async () => {
    await answerOf(stream(...WHOLE));
    await answerOf(stream(...WHOLE, ': afterword\n\n'));
    await refusalOf(json(500, {}));
    await answerOf(stream(...WHOLE));
    expect(server.sockets).toHaveLength(1);
  });

  it('says that a reset came on a fresh connection', async () => {
    expect(await refusalOf(reset)).toMatchObject({ kind: 'unreachable', onReusedConnection: false });
  });

  it.each([
    ['reset', reset],
    ['closed', hangUp],
  ])('says that a connection was %s after it had served before', async (_name, fault) => {
    await answerOf(stream(...WHOLE));
    expect(await refusalOf(fault)).toMatchObject({ kind: 'unreachable', onReusedConnection: true });
    expect((await answerOf(stream(...WHOLE))).text).toBe(TEXT);
    expect(server.sockets).toHaveLength(2);
  });

  it('says that nobody listens', async () => {
    await server.close();
    expect(await rejection(open())).toMatchObject({ kind: 'unreachable', onReusedConnection: false });
  });

  it('says that the host is unknown', async () => {
    const lost = new OpenAiProvider({ apiKey: 'k', baseUrl: 'http://no-such-host.invalid/v1' }, new HttpTransport());
    expect(await rejection(lost.stream(REQUEST, { signal: signal() }))).toMatchObject({ kind: 'unreachable' });
    await lost.close();
  });

  it('says that the answer is no HTTP', async () => {
    const notHttp: Answer = (_response, { socket }) => void socket.end('220 mail.example.org ESMTP\r\n');
    expect(await refusalOf(notHttp)).toMatchObject({ kind: 'malformed_response' });
  });

  it('hangs up before the headers when the signal fires', async () => {
    const controller = new AbortController();
    const reason = new Error('no headers in time');
    server.willAnswer(silence);
    const opening = rejection(open({ signal: controller.signal }));
    await server.nextRequest();
    const closed = once(server.sockets[0]!, 'close');
    controller.abort(reason);
    expect(await opening).toMatchObject({ kind: 'aborted', cause: reason });
    await closed;
  });

  it('does not begin where the signal has fired already', async () => {
    expect(await rejection(open({ signal: AbortSignal.abort() }))).toMatchObject({ kind: 'aborted' });
    expect(server.requests).toHaveLength(0);
  });

  it('closes the upstream socket when the signal fires in the middle of a stream', async () => {
    const controller = new AbortController();
    server.willAnswer(openStream(delta('a')));
    const parts = await open({ signal: controller.signal });
    expect((await parts.next()).value).toEqual([{ type: 'text-delta', text: 'a' }]);
    const closed = once(server.sockets[0]!, 'close');
    const next = rejection(parts.next());
    controller.abort(new Error('cancelled'));
    expect(await next).toMatchObject({ kind: 'aborted', cause: { message: 'cancelled' } });
    await closed;
  });

  it('closes the upstream socket when the reader leaves', async () => {
    server.willAnswer(openStream(delta('a')));
    for await (const batch of await open()) {
      expect(batch).toHaveLength(1);
      break;
    }
    if (!server.sockets[0]!.destroyed) await once(server.sockets[0]!, 'close');
  });

  it('holds the server back while nobody reads, and loses nothing', async () => {
    const text = 'x'.repeat(1000);
    let written = 0;
    server.willAnswer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const write = (): void => {
        while (written < 20_000) {
          written++;
          if (!response.write(delta(text))) return void response.once('drain', write);
        }
        response.end(FINISH + DONE);
      };
      write();
    });
    const parts = await open();
    let previous = -1;
    while (previous !== written) {
      previous = written;
      await settled();
    }
    expect(written).toBeLessThan(20_000);
    expect((await readParts(parts)).text).toHaveLength(20_000 * text.length);
  });

  it('embeds in the inputs’ order', async () => {
    const data = [
      { index: 1, embedding: [0.5] },
      { index: 0, embedding: [0.25] },
    ];
    server.willAnswer(json(200, { data, usage: { prompt_tokens: 4, total_tokens: 4 } }));
    const request = { model: 'text-embedding-3-small', inputs: ['a', 'b'], encoding: 'float' as const };
    expect(await provider.embed(request, { signal: signal() })).toEqual({
      vectors: [[0.25], [0.5]],
      usage: { inputTokens: 4, outputTokens: 0 },
    });
    expect(server.requests[0]).toMatchObject({
      path: '/v1/embeddings',
      body: { model: 'text-embedding-3-small', input: ['a', 'b'], encoding_format: 'float' },
    });
  });

  it.each([
    [json(429, { error: { code: 'insufficient_quota' } }), 'quota_exhausted'],
    [json(200, { data: [] }), 'malformed_response'],
    [page(200, 'application/json', '{"data":'), 'malformed_response'],
    [page(200, 'text/html', '<html>'), 'malformed_response'],
    [reset, 'unreachable'],
  ])('tells why it could not embed (%#)', async (answer, kind) => {
    server.willAnswer(answer);
    expect(
      await rejection(provider.embed({ model: 'm', inputs: ['a'], encoding: 'float' }, { signal: signal() })),
    ).toMatchObject({
      kind,
    });
  });

  it('embeds nothing for a signal that has fired', async () => {
    const controller = new AbortController();
    server.willAnswer(silence);
    const embedding = rejection(
      provider.embed({ model: 'm', inputs: ['a'], encoding: 'float' }, { signal: controller.signal }),
    );
    await server.nextRequest();
    controller.abort();
    expect(await embedding).toMatchObject({ kind: 'aborted' });
  });
});
