import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { RunningAnswers } from '../../src/completions/running-answers.js';
import { StreamMemory } from '../../src/completions/stream-memory.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { Flood } from '../support/flood.js';
import { readLedger } from '../support/ledger-audit.js';
import { ProviderServer, settled } from '../support/provider-server.js';
import { connect } from '../support/socket-client.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

const MIB = 1024 * 1024;
const LIMIT_BYTES = 8 * MIB;
const LONG_MS = 60_000;

jest.setTimeout(90_000);

describe('what a process holds in memory for its streams', () => {
  let provider: ProviderServer;
  let database: TestDatabase;
  let proxy: TcpProxy;
  let gateway: TestApp;
  let memory: StreamMemory;

  const ask = (fields: Record<string, unknown> = {}) => ({
    id: randomUUID(),
    type: 'chat',
    provider: 'openai',
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'hello' }],
    maxTokens: 1_000_000,
    fallback: false,
    stream: true,
    ...fields,
  });
  const open = () => connect(gateway.wsUrl, gateway.token('alice'));
  const ended = () => eventually(() => expect(gateway.app.get(RunningAnswers).size).toBe(0), LONG_MS);

  beforeAll(async () => {
    provider = await ProviderServer.start();
    database = await createTestDatabase();
    const { hostname, port } = new URL(database.url);
    proxy = await startTcpProxy({ host: hostname, port: Number(port) });
    const url = new URL(database.url);
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    gateway = await startTestApp({
      DATABASE_URL: url.href,
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
      SIGNUP_CREDITS: '100000000',
      RATE_LIMITS: 'off',
      OPENAI_API_KEY: 'test',
      OPENAI_BASE_URL: `${provider.url}/v1`,
      STREAM_STUCK_MS: '60000',
      STREAM_MEMORY_BYTES: String(LIMIT_BYTES),
    });
    memory = gateway.app.get(StreamMemory);
  });
  afterAll(async () => {
    await gateway.close();
    await proxy.close();
    await database.drop();
    await provider.close();
  });

  it('is bounded while the log can not be written: the provider waits, and then all of it arrives', async () => {
    const flood = new Flood({ deltas: 1_000, characters: 5_000 });
    provider.willAnswer(flood.answer);
    const client = await open();
    const request = ask();
    client.send(request);
    await client.first('a chunk', ({ id }) => id === request.id, LONG_MS);
    proxy.blackhole();
    await eventually(() => expect(memory.isFull).toBe(true), LONG_MS);
    const taken = await eventually(async () => {
      const { written } = flood;
      await settled();
      expect(flood.written).toBe(written);
      return written;
    });
    expect(taken).toBeLessThan(1_000);
    expect(memory.counters.totalBytes).toBeLessThan(LIMIT_BYTES + MIB);
    proxy.restore();
    expect((await client.terminal(request.id, LONG_MS)).type).toBe('done');
    expect(client.text(request.id)).toBe(flood.text());
    expect(memory.counters.totalBytes).toBe(0);
    await client.close();
  });

  it('lets go of a stream at once that is cancelled while its provider waits', async () => {
    provider.willAnswer(new Flood({ deltas: 1_000, characters: 5_000 }).answer);
    const client = await open();
    const request = ask();
    client.send(request);
    await client.first('a chunk', ({ id }) => id === request.id, LONG_MS);
    proxy.blackhole();
    await eventually(() => expect(memory.isFull).toBe(true), LONG_MS);
    client.send({ id: request.id, cancel: true });
    await eventually(() => expect(provider.sockets.every(({ destroyed }) => destroyed)).toBe(true));
    proxy.restore();
    expect(await client.terminal(request.id, LONG_MS)).toMatchObject({ error: { code: 'CANCELLED' } });
    await client.close();
  });

  it('is shared by any number of slow readers without anything having to wait', async () => {
    const flood = new Flood({ deltas: 1_000, characters: 1_100 });
    provider.willAnswer(flood.answer);
    const reader = await open();
    const request = ask();
    expect((await reader.ask(request, LONG_MS)).type).toBe('done');
    await ended();
    const { pauseCount } = memory.counters;
    let mostBytes = 0;
    const timer = setInterval(() => (mostBytes = Math.max(mostBytes, memory.counters.totalBytes)), 1);
    const slow = await Promise.all(Array.from({ length: 24 }, open));
    for (const client of slow) {
      client.send({ ...request, lastSeq: 0 });
      void client.first('a chunk', ({ id }) => id === request.id, LONG_MS).then(() => client.socket.pause());
    }
    await eventually(() => expect(memory.counters.slowConsumers).toBe(24), LONG_MS);
    const paced = ask({ provider: 'claude', model: 'sim-20-5ms', maxTokens: 1_000 });
    expect((await reader.ask(paced)).type).toBe('done');
    for (const client of slow) client.socket.resume();
    for (const client of slow) {
      expect((await client.terminal(request.id, LONG_MS)).type).toBe('done');
      expect(client.text(request.id)).toBe(flood.text());
    }
    expect(memory.counters.pauseCount).toBe(pauseCount);
    clearInterval(timer);
    expect(mostBytes).toBeLessThan(LIMIT_BYTES);
    await Promise.all([reader, ...slow].map((client) => client.close()));
  });

  it('has the words of an answer that may be given again, as long as they could be kept', async () => {
    provider.willAnswer(new Flood({ deltas: 1_000, characters: 2_000 }).answer);
    const client = await open();
    const seen: number[] = [];
    const timer = setInterval(() => seen.push(memory.counters.answers), 1);
    const request = ask({ cache: true });
    expect((await client.ask(request, LONG_MS)).type).toBe('done');
    await ended();
    clearInterval(timer);
    expect(Math.max(...seen)).toBeGreaterThan(MIB / 8);
    expect(Math.max(...seen)).toBeLessThanOrEqual(MIB);
    expect(memory.counters).toMatchObject({ answers: 0, totalBytes: 0 });
    await client.close();
  });

  it('does not stand in the way of a single frame of many megabytes', async () => {
    const vectors = Array.from({ length: 400 }, () => Array.from({ length: 500 }, (_, index) => index / 7));
    const body = { data: vectors.map((embedding, index) => ({ index, embedding })), usage: { prompt_tokens: 5 } };
    provider.willAnswer((response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    );
    const client = await open();
    const request = ask({ type: 'embedding', stream: false, prompt: vectors.map(() => 'text') });
    const { messages: _, maxTokens: __, ...embedding } = request;
    client.send({ ...embedding, model: 'text-embedding-3-small' });
    client.socket.pause();
    await eventually(() => expect(memory.counters.sockets).toBeGreaterThan(5 * MIB), LONG_MS);
    client.socket.resume();
    const end = await client.terminal(request.id, LONG_MS);
    expect(end.embeddings).toEqual(vectors);
    expect(await readLedger(database.url, 'alice')).toMatchObject({ held: 0n, pendingHolds: 0, faults: [] });
    await client.close();
  });
});
