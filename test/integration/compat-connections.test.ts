import { jest } from '@jest/globals';
import { once } from 'node:events';
import { get, request as httpRequest, type IncomingMessage } from 'node:http';
import { RunningAnswers } from '../../src/completions/running-answers.js';
import { StreamMemory } from '../../src/completions/stream-memory.js';
import { startTestApp, type TestApp, type TestVariables } from '../support/app.js';
import { chatBody, CompatClient, textOf } from '../support/compat-client.js';
import { eventually } from '../support/eventually.js';
import { Flood } from '../support/flood.js';
import { readLedger } from '../support/ledger-audit.js';
import { ProviderServer } from '../support/provider-server.js';
import { eventsOf } from '../support/sse-client.js';

const KIB = 1024;
const LONG_MS = 60_000;
/** What a response may have waiting beyond its window: the events of one commit. */
const ONE_COMMIT_BYTES = 1024 * KIB;

jest.setTimeout(90_000);

/** An answer that is read when the test says so: node's own client leaves what it is not asked for in the socket. */
function openResponse(gateway: TestApp, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const body = JSON.stringify(chatBody('hello', { model: 'gpt-4o', stream: true, max_tokens: 1_000_000 }));
  const options = { method: 'POST', headers: { ...new CompatClient(gateway, 'alice').headers(), ...headers } };
  return new Promise((resolve, reject) => {
    httpRequest(`${gateway.url}/v1/chat/completions`, options, resolve).on('error', reject).end(body);
  });
}

async function textFrom(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

describe('HTTP clients that are slower than their answers', () => {
  let provider: ProviderServer;
  let gateway: TestApp;
  const start = async (variables: TestVariables = {}) => {
    provider = await ProviderServer.start();
    gateway = await startTestApp({
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
      SIGNUP_CREDITS: '100000000',
      OPENAI_API_KEY: 'test',
      OPENAI_BASE_URL: `${provider.url}/v1`,
      ANTHROPIC_API_KEY: undefined,
      ...variables,
    });
  };
  afterEach(async () => {
    await eventually(() =>
      expect(gateway.app.get(StreamMemory).counters).toMatchObject({ totalBytes: 0, slowConsumers: 0 }),
    );
    expect(await readLedger(gateway.databaseUrl, 'alice')).toMatchObject({ held: 0n, pendingHolds: 0, faults: [] });
    await gateway.close();
    await provider.close();
  });

  it('cost a window of memory, and get everything once they read on', async () => {
    await start({ STREAM_STUCK_MS: '60000' });
    const flood = new Flood({ deltas: 300, characters: 19_000 });
    provider.willAnswer(flood.answer);
    const response = await openResponse(gateway); // read from here on, and not before
    const memory = gateway.app.get(StreamMemory);
    let most = 0;
    const look = setInterval(() => (most = Math.max(most, memory.counters.sockets)), 1);
    await eventually(() => expect(gateway.app.get(RunningAnswers).size).toBe(0), LONG_MS);
    clearInterval(look);
    expect(memory.counters).toMatchObject({ slowConsumers: 1, pauseCount: 0, stuckSockets: 0 });
    expect(most).toBeLessThan(256 * KIB + ONE_COMMIT_BYTES);
    const events = eventsOf(await textFrom(response));
    expect(events.at(-1)).toEqual({ data: '[DONE]' });
    expect(textOf(events)).toBe(flood.text());
  });

  it('are cut off when they read nothing at all', async () => {
    await start({ STREAM_STUCK_MS: '1000' });
    provider.willAnswer(new Flood({ deltas: 300, characters: 19_000 }).answer);
    const response = await openResponse(gateway);
    const memory = gateway.app.get(StreamMemory);
    await eventually(() => expect(memory.counters.stuckSockets).toBe(1), LONG_MS);
    await expect(textFrom(response)).rejects.toThrow('aborted');
    await eventually(() => expect(gateway.app.get(RunningAnswers).size).toBe(0));
  });
});

describe('a node that shuts down', () => {
  const CHAT = '[[sim completion=60 chunks=60 gap=20]]';

  it('ends the answers that it gives, takes no new ones, and goes', async () => {
    const gateway = await startTestApp({ DRAIN_MS: '20000' });
    const client = new CompatClient(gateway, 'alice');
    const [streamed, keyed] = [await client.stream(CHAT), client.post(chatBody(CHAT))];
    await streamed.until(3);
    await eventually(() => expect(gateway.app.get(RunningAnswers).size).toBe(2));
    const begunMs = performance.now();
    const closed = gateway.close();
    await eventually(() => expect(gateway.app.get(RunningAnswers).isAccepting).toBe(false));
    const refused = await client.post(chatBody('hi'));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ error: { code: 'unavailable' } });
    expect((await streamed.events()).at(-1)).toEqual({ data: '[DONE]' });
    expect(await (await keyed).json()).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
    await closed;
    expect(performance.now() - begunMs).toBeLessThan(10_000);
  });

  it('ends what takes longer than a drain with an error that says so', async () => {
    const gateway = await startTestApp({ DRAIN_MS: '300' });
    const streamed = await new CompatClient(gateway, 'alice').stream('[[sim completion=500 chunks=500 gap=20]]');
    await streamed.until(3);
    const closed = gateway.close();
    const last = (await streamed.events()).at(-1)!.data;
    expect(last).toMatchObject({ error: { code: 'unavailable', gateway: { code: 'UNAVAILABLE' } } });
    await closed;
  });

  it('does not wait for a client that reads nothing', async () => {
    const provider = await ProviderServer.start();
    provider.willAnswer(new Flood({ deltas: 300, characters: 19_000 }).answer);
    const gateway = await startTestApp({
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
      SIGNUP_CREDITS: '100000000',
      OPENAI_API_KEY: 'test',
      OPENAI_BASE_URL: `${provider.url}/v1`,
      STREAM_STUCK_MS: '60000',
      DRAIN_MS: '1000',
    });
    const response = await openResponse(gateway, { 'idempotency-key': 'slow' });
    response.on('error', () => undefined);
    await eventually(() => expect(gateway.app.get(RunningAnswers).size).toBe(0), LONG_MS);
    const begunMs = performance.now();
    await gateway.close();
    expect(performance.now() - begunMs).toBeLessThan(10_000);
    response.destroy();
    await provider.close();
  });

  it('lets no idle connection of a client keep it', async () => {
    const gateway = await startTestApp();
    const [response] = (await once(get(`${gateway.url}/v1/models`, { agent: undefined }), 'response')) as [
      IncomingMessage,
    ];
    expect(await textFrom(response)).toContain('invalid_api_key');
    const begunMs = performance.now();
    await gateway.close();
    expect(performance.now() - begunMs).toBeLessThan(4_000);
  });
});
