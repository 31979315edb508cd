import type { AnswerPart, ConnectionStatus, McpClient, McpClientOptions } from '@smart-ai-hub/mcp-client';
import { eventually } from '../support/eventually.js';
import { Clients, counting, failureOf, piecesOf } from './clients.js';
import { startScriptedServer, type ScriptedServer, type ScriptedSocket, type SentFrame } from './scripted-server.js';

const END = {
  usage: { promptTokens: 1, completionTokens: 2, totalTokens: 3, credits: 1, usageSource: 'provider' },
  metadata: { model: 'm', provider: 'p', latency: 1, finishReason: 'stop', attempts: 1 },
  balance: 9,
};
const chunk = (id: string, seq: number, data: string) => ({ id, type: 'chunk', seq, data });
const done = (id: string, seq: number) => ({ id, type: 'done', seq, ...END });
const refusal = (id: string, code: string, retryAfterMs?: number) => ({
  id,
  type: 'error',
  error: { code, message: 'm', retryable: true, retryAfterMs },
});

describe('the client library with a server that', () => {
  const clients = new Clients();
  let server: ScriptedServer;
  let statuses: ConnectionStatus[];
  beforeEach(() => (statuses = []));
  afterEach(async () => {
    clients.close();
    await server.close();
  });

  const clientOf = (options: Partial<McpClientOptions> = {}): McpClient =>
    clients.make({ url: server.url, token: 't', onStatus: (status) => statuses.push(status), ...options });
  const serve = async (onFrame: (frame: SentFrame, socket: ScriptedSocket) => void) => {
    server = await startScriptedServer(onFrame);
  };

  it('leaves frames out: asks again from the last good one, and shows no hole', async () => {
    await serve(({ id, lastSeq }, socket) => {
      if (lastSeq === undefined) socket.send(chunk(id, 1, 'a'), chunk(id, 3, 'c'), chunk(id, 4, 'd'), done(id, 5));
      else socket.send(...[chunk(id, 2, 'b'), chunk(id, 3, 'c'), chunk(id, 4, 'd'), done(id, 5)]);
    });
    const answer = clientOf().chat(counting(1, 1));
    expect((await piecesOf(answer)).join('')).toBe('abcd');
    expect(server.received.slice(1)).toEqual([{ id: answer.id, lastSeq: 1 }]);
  });

  it('has lost frames for good: ends with an error instead of a wrong text', async () => {
    await serve(({ id }, socket) => socket.send(chunk(id, 1, 'a'), chunk(id, 3, 'c')));
    const answer = clientOf().chat(counting(1, 1));
    expect(await failureOf(answer.done)).toMatchObject({ code: 'PROTOCOL', requestId: answer.id });
    expect(answer.text).toBe('a');
  }, 40_000);

  it('begins an answer anew: parts tell, and a loop over text does not go on as if nothing was', async () => {
    let beginAnew: (() => void) | undefined;
    await serve(({ id }, socket) => {
      socket.send(chunk(id, 1, 'wrong'));
      beginAnew = () => socket.send({ id, type: 'restart', seq: 2 }, chunk(id, 3, 'right'), done(id, 4));
    });
    const client = clientOf();
    const answer = client.chat({ ...counting(1, 1), onMidStreamFailure: 'restart' });
    const loop = failureOf(piecesOf(answer));
    const parts: AnswerPart[] = [];
    for await (const part of answer.parts()) {
      parts.push(part);
      if (parts.length === 1) beginAnew?.();
    }
    expect(parts).toEqual([{ type: 'text', text: 'wrong' }, { type: 'restart' }, { type: 'text', text: 'right' }]);
    expect(await loop).toMatchObject({ code: 'RESTARTED' });
    expect((await answer.done).text).toBe('right');
    expect(await piecesOf(answer)).toEqual(['right']);
  });

  it('refuses for now: sends the same id again after the time that it asked for', async () => {
    let refusals = 0;
    const times: number[] = [];
    await serve(({ id }, socket) => {
      times.push(performance.now());
      if (refusals++ < 2) socket.send(refusal(id, 'QUEUE_OVERFLOW', 150));
      else socket.send(done(id, 1));
    });
    const answer = clientOf().chat(counting(1, 1));
    await answer.done;
    expect(server.received.map(({ id }) => id)).toEqual([answer.id, answer.id, answer.id]);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(149);
  });

  it('refuses for longer than the patience: tells its error', async () => {
    await serve(({ id }, socket) => socket.send(refusal(id, 'UNAVAILABLE', 30)));
    const answer = clientOf({ patienceMs: 100 }).chat(counting(1, 1));
    expect(await failureOf(answer.done)).toMatchObject({ code: 'UNAVAILABLE', retryAfterMs: 30 });
  });

  it('refuses for now what is cancelled meanwhile: it was never begun', async () => {
    await serve(({ id, lastSeq }, socket) => {
      const unknown = { id, type: 'error', error: { code: 'NOT_FOUND', message: 'm', retryable: false } };
      socket.send(lastSeq === undefined ? refusal(id, 'UNAVAILABLE', 60_000) : unknown);
      isRefused = true;
    });
    let isRefused = false;
    const answer = clientOf().chat(counting(1, 1));
    await eventually(() => expect(isRefused).toBe(true));
    answer.cancel();
    expect(await failureOf(answer.done)).toMatchObject({ code: 'CANCELLED', usage: undefined });
    expect(server.received.slice(1)).toEqual(
      [
        { id: answer.id, lastSeq: 0 },
        { id: answer.id, cancel: true },
      ].slice(0, server.received.length - 1),
    );
  });

  it.each([
    [1001, 0],
    [4413, expect.any(Number)],
    [4429, expect.any(Number)],
    [1006, expect.any(Number)],
  ])('closes with %d: comes back and reads on', async (code, pauseMs) => {
    await serve(({ id, lastSeq }, socket) => {
      if (socket.index > 0) return socket.send(chunk(id, lastSeq! + 1, 'b'), done(id, lastSeq! + 2));
      socket.send(chunk(id, 1, 'a'));
      if (code === 1006) socket.send({ no: 'frame' });
      else socket.close(code);
    });
    expect((await clientOf().chat(counting(1, 1)).done).text).toBe('ab');
    expect(statuses.find(({ state }) => state === 'waiting')).toMatchObject({ pauseMs });
  });

  it.each([
    ['closes every socket', (socket: ScriptedSocket) => socket.close(4429, 'too many')],
    ['talks nonsense', (socket: ScriptedSocket) => socket.send({ no: 'frame' })],
  ])('%s at once: comes back more and more slowly, until the patience is over', async (_what, misbehave) => {
    await serve((_frame, socket) => misbehave(socket));
    const answer = clientOf({ patienceMs: 300 }).chat(counting(1, 1));
    expect(await failureOf(answer.done)).toMatchObject({ code: 'UNREACHABLE' });
    expect(server.received.length).toBeLessThan(60);
  });

  it.each([
    [4400, 'PROTOCOL'],
    [4403, 'FORBIDDEN'],
    [4401, 'UNAUTHORIZED'],
  ])('closes with %d: ends with %s, as nothing would help', async (code, expected) => {
    await serve((_frame, socket) => socket.close(code, 'no'));
    expect(await failureOf(clientOf().chat(counting(1, 1)).done)).toMatchObject({ code: expected });
    expect(server.received).toHaveLength(1);
  });

  it('finds a request too large: that one fails, the others go on', async () => {
    await serve(({ id }, socket) => {
      if (server.received.length < 2) return;
      if (socket.index === 0) socket.close(1009);
      else socket.send(done(id, 1));
    });
    const client = clientOf();
    const large = client.chat({ model: 'm', messages: [{ role: 'user', content: 'x'.repeat(1_000) }] });
    const small = client.chat(counting(1, 1));
    expect(await failureOf(large.done)).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', requestId: large.id });
    await small.done;
  });

  it('is behind something that refuses with plain HTTP: waits where that may pass, and says what it was where not', async () => {
    server = await startScriptedServer(
      ({ id }, socket) => socket.send(done(id, 1)),
      (index) => (index === 0 ? { status: 503, body: 'oops', headers: 'Retry-After: 1\r\n' } : undefined),
    );
    await clientOf().chat(counting(1, 1)).done;
    const waiting = statuses.find(({ state }) => state === 'waiting');
    expect(waiting).toMatchObject({ error: { code: 'UNREACHABLE', retryAfterMs: 1_000 } });
    await server.close();
    server = await startScriptedServer(
      () => undefined,
      () => ({ status: 418, body: '' }),
    );
    expect(await failureOf(clientOf().connect())).toMatchObject({ code: 'PROTOCOL' });
  });

  it('keeps a request for later: tells its place, and reads the answer after a lost connection', async () => {
    const queued = { channel: 'requests', event: 'request.queued' };
    await serve(({ id, lastSeq }, socket) => {
      if (lastSeq !== undefined) return socket.send({ id, type: 'completion', data: 'late', ...END });
      socket.send({ id, type: 'event', ...queued, data: { requestId: id, position: 4, retryAfterMs: 10 } });
    });
    const client = clientOf();
    const answer = client.chat({ ...counting(1, 1), background: true });
    await answer.accepted();
    expect(answer.queue).toEqual({ position: 4, retryAfterMs: 10 });
    expect(server.received[0]).toMatchObject({ background: true, stream: false });
    client.close();
    expect((await clientOf().resume(answer.id).done).text).toBe('late');
    expect(server.received[1]).toEqual({ id: answer.id, lastSeq: 0 });
  });

  it('does not know a channel: tells it to whoever subscribes', async () => {
    await serve(({ id }, socket) => {
      socket.send({ id, type: 'error', error: { code: 'VALIDATION_ERROR', message: 'no', retryable: false } });
    });
    const error = await new Promise((resolve) => clientOf().subscribe('videos', () => undefined, resolve));
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR' });
  });
});
