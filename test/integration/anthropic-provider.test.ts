import { once } from 'node:events';
import type { TextRequest } from '../../src/providers/contract/text-request.js';
import { AnthropicProvider } from '../../src/providers/anthropic/anthropic.provider.js';
import { HttpTransport } from '../../src/providers/http/http-transport.js';
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

const REQUEST: TextRequest = {
  model: 'claude-haiku-4-5',
  messages: [
    { role: 'system', content: 'be brief' },
    { role: 'user', content: 'hi' },
  ],
  maxOutputTokens: 50,
};

const event = (data: { type: string } & Record<string, unknown>) =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const delta = (text: string) => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
const START = event({
  type: 'message_start',
  message: {
    usage: { input_tokens: 5, cache_read_input_tokens: 20, cache_creation_input_tokens: 0, output_tokens: 1 },
  },
});
const PING = event({ type: 'ping' });
const FINISH = event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } });
const STOP = event({ type: 'message_stop' });
const WHOLE = [START, PING, delta('Grüße '), delta('aus 東京 🗼'), FINISH, STOP];
const TEXT = 'Grüße aus 東京 🗼';
const usage = (outputTokens: number) => ({
  type: 'usage',
  usage: { inputTokens: 25, outputTokens, cachedInputTokens: 20, cacheWriteTokens: 0 },
});

describe('AnthropicProvider against a real server', () => {
  let server: ProviderServer;
  let provider: AnthropicProvider;
  let malformedEvents: number;
  const signal = () => new AbortController().signal;

  beforeEach(async () => {
    malformedEvents = 0;
    server = await ProviderServer.start();
    const onMalformedEvent = () => malformedEvents++;
    provider = new AnthropicProvider({ apiKey: 'sk-test', baseUrl: server.url, onMalformedEvent }, new HttpTransport());
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

  it('streams text, and the usage once the answer has been counted', async () => {
    const { text, parts, error } = await answerOf(stream(WHOLE.join('')));
    expect({ text, error }).toEqual({ text: TEXT, error: undefined });
    expect(parts.filter(({ type }) => type === 'usage')).toEqual([usage(7)]);
    expect(parts.slice(-2)).toEqual([usage(7), { type: 'finish', reason: 'stop' }]);
  });

  it('sends the request as the vendor documents it', async () => {
    await answerOf(stream(...WHOLE));
    const [request] = server.requests;
    expect(request?.path).toBe('/v1/messages');
    expect(request?.body).toEqual({
      model: 'claude-haiku-4-5',
      max_tokens: 50,
      stream: true,
      system: 'be brief',
      messages: [{ role: 'user', content: 'hi' }],
    });
    expect(request?.headers).toMatchObject({
      'anthropic-version': expect.any(String),
      'content-type': 'application/json',
    });
    expect(JSON.stringify(request?.headers)).toContain('sk-test');
    expect(request?.headers).not.toHaveProperty('accept-encoding');
  });

  it('bears another name, needs no key and sends headers of its own', async () => {
    const other = new AnthropicProvider(
      { id: 'local', baseUrl: server.url, headers: { 'x-title': 'gateway' }, capabilities: () => ({ images: false }) },
      new HttpTransport(),
    );
    server.willAnswer(stream(START));
    const { error } = await readParts(await other.stream(REQUEST, { signal: signal() }));
    expect(error).toMatchObject({ providerId: 'local' });
    expect(server.requests[0]?.headers).toHaveProperty('x-title', 'gateway');
    for (const name of ['x-api-key', 'authorization']) expect(server.requests[0]?.headers).not.toHaveProperty(name);
    expect(other.capabilities('claude-haiku-4-5')).toMatchObject({ images: false, tools: true });
    await other.close();
  });

  it('sends every request its own body', async () => {
    await answerOf(stream(...WHOLE));
    server.willAnswer(stream(...WHOLE));
    await readParts(await provider.stream({ ...REQUEST, maxOutputTokens: 7 }, { signal: signal() }));
    expect(server.requests.map(({ body }) => body.max_tokens)).toEqual([50, 7]);
  });

  it('says nothing on the console, not even of a model that retires', async () => {
    const said: unknown[] = [];
    const { console } = globalThis;
    const warn = console.warn.bind(console);
    console.warn = (...words: unknown[]) => void said.push(...words);
    server.willAnswer(stream(...WHOLE));
    await readParts(await provider.stream({ ...REQUEST, model: 'claude-sonnet-4-5' }, { signal: signal() }));
    console.warn = warn;
    expect(said).toEqual([]);
  });

  it('reads a stream that comes byte by byte, with CRLF', async () => {
    const bytes = [...Buffer.from(WHOLE.join('').replaceAll('\n', '\r\n'))].map((byte) => Buffer.from([byte]));
    expect(await answerOf(stream(...bytes))).toMatchObject({ text: TEXT, error: undefined });
  });

  it('reads events far larger than a read of the network', async () => {
    const long = '€'.repeat(100_000);
    expect((await answerOf(stream(START, delta(long), FINISH, STOP))).text).toBe(long);
  });

  it('skips a malformed event amid good ones and counts it', async () => {
    const answer = await answerOf(stream(START, delta('a'), 'event: ping\ndata: {"type\n\n', delta('b'), FINISH, STOP));
    expect(answer).toMatchObject({ text: 'ab', error: undefined });
    expect(malformedEvents).toBe(1);
  });

  it('ends at once with message_stop, whether the server closes or forgets to', async () => {
    expect((await answerOf(openStream(...WHOLE))).error).toBeUndefined();
    expect((await answerOf(stream(START, delta('a'), FINISH))).error).toBeUndefined();
  });

  it.each([
    ['reset', cutStream(START, delta('a'), delta('b'))],
    ['clean end', stream(START, delta('a'), delta('b'))],
    ['message_stop alone', stream(START, delta('a'), delta('b'), STOP)],
  ])('calls a stream without a stop reason broken: %s', async (_name, answer) => {
    expect(await answerOf(answer)).toMatchObject({
      text: 'ab',
      error: { kind: 'stream_broken', providerId: 'claude' },
    });
  });

  it('throws an error event where it stands', async () => {
    const fault = event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
    expect(await answerOf(stream(START, delta('a'), fault))).toMatchObject({
      text: 'a',
      error: { kind: 'server_error', message: 'Overloaded' },
    });
  });

  const refusal = (type: string, message = '') => ({ type: 'error', error: { type, message } });

  it.each([
    [json(429, refusal('rate_limit_error'), { 'retry-after': '3' }), { kind: 'rate_limited', retryAfterMs: 3000 }],
    [json(400, refusal('invalid_request_error', 'prompt is too long: 9 > 8')), { kind: 'context_length_exceeded' }],
    [json(400, refusal('invalid_request_error', 'no')), { kind: 'bad_request', message: 'no' }],
    [json(401, refusal('authentication_error')), { kind: 'unauthorized' }],
    [json(404, refusal('not_found_error')), { kind: 'model_not_found' }],
    [json(529, refusal('overloaded_error')), { kind: 'server_error', status: 529 }],
    [
      page(502, 'text/html', '<html>Bad gateway</html>'),
      { kind: 'server_error', message: 'The provider answered 502' },
    ],
    [page(503, 'text/plain', ''), { kind: 'server_error', status: 503 }],
    [json(200, refusal('overloaded_error')), { kind: 'server_error' }],
    [page(200, 'text/html', '<html>'), { kind: 'malformed_response' }],
    [reset, { kind: 'unreachable', onReusedConnection: false }],
  ])('knows a refusal for what it is (%#)', async (answer, expected) => {
    expect(await refusalOf(answer)).toMatchObject({ name: 'ProviderError', ...expected });
    expect(server.requests).toHaveLength(1);
  });

  it('uses a connection again, and says so when it fails', async () => {
    await answerOf(stream(...WHOLE));
    await answerOf(stream(...WHOLE));
    expect(server.sockets).toHaveLength(1);
    expect(await refusalOf(hangUp)).toMatchObject({ kind: 'unreachable', onReusedConnection: true });
  });

  it('hangs up before the headers when the signal fires', async () => {
    const controller = new AbortController();
    server.willAnswer(silence);
    const opening = rejection(open({ signal: controller.signal }));
    await server.nextRequest();
    const closed = once(server.sockets[0]!, 'close');
    controller.abort(new Error('no headers in time'));
    expect(await opening).toMatchObject({ kind: 'aborted', cause: { message: 'no headers in time' } });
    await closed;
  });

  it('closes the upstream socket when the signal fires in the middle of a stream', async () => {
    const controller = new AbortController();
    server.willAnswer(openStream(delta('a')));
    const parts = await open({ signal: controller.signal });
    await parts.next();
    const closed = once(server.sockets[0]!, 'close');
    const next = rejection(parts.next());
    controller.abort();
    expect(await next).toMatchObject({ kind: 'aborted' });
    await closed;
  });

  it('has no embeddings', async () => {
    const refused = await rejection(provider.embed({ model: 'claude-haiku-4-5', inputs: ['a'], encoding: 'float' }));
    expect(refused).toMatchObject({ kind: 'model_not_found' });
    expect(server.requests).toHaveLength(0);
  });
});
