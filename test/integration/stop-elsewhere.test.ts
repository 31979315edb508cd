import { randomUUID } from 'node:crypto';
import { AccountsService } from '../../src/billing/accounts/accounts.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect, type SocketClient } from '../support/socket-client.js';

/** Long enough for a cancel that comes by the ledger alone, and far shorter than the answers below. */
const STOPS_WITHIN_MS = 1_500;

describe('an answer that is stopped from elsewhere', () => {
  let first: TestApp;
  let second: TestApp;
  let here: SocketClient;
  let there: SocketClient;
  const chat = (model: string, more: object = {}) => ({
    id: randomUUID(),
    type: 'chat',
    provider: 'auto',
    model,
    messages: [{ role: 'user', content: 'hello' }],
    stream: true,
    ...more,
  });
  const firstChunk = (id: string) => here.first('a chunk', (frame) => frame.id === id && frame.type === 'chunk');

  beforeAll(async () => {
    first = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2' });
    second = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2', DATABASE_URL: first.databaseUrl });
    here = await connect(first.wsUrl, first.token('alice'));
    there = await connect(second.wsUrl, second.token('alice'));
  });
  afterAll(async () => {
    await second.close();
    await first.close();
  });

  it('is cancelled through a node that does not write it, and charged for what was delivered', async () => {
    const request = chat('sim-400-20ms');
    here.send(request);
    await firstChunk(request.id);
    const askedAt = performance.now();
    there.send({ id: request.id, cancel: true });
    const end = await there.terminal(request.id);
    expect(performance.now() - askedAt).toBeLessThan(STOPS_WITHIN_MS);
    expect(end).toMatchObject({ type: 'error', error: { code: 'CANCELLED' }, usage: { usageSource: 'estimated' } });
    expect(end.usage!.completionTokens).toBeGreaterThan(0);
    expect(end.usage!.completionTokens).toBeLessThan(400);
    expect(await here.terminal(request.id)).toEqual(end);
    await eventually(() => expect(first.simulator.stats().open).toBe(0));
  });

  it('is cancelled before its first chunk, for nothing', async () => {
    const request = chat('sim-5-1ms-hang');
    const { requests } = first.simulator.stats();
    here.send(request);
    await eventually(() => expect(first.simulator.stats().requests).toBeGreaterThan(requests));
    there.send({ id: request.id, cancel: true });
    expect(await there.terminal(request.id)).toMatchObject({
      error: { code: 'CANCELLED' },
      usage: { credits: 0 },
      metadata: { attempts: 1 },
    });
  });

  it('answers the cancel of what has ended with its end, and of what never was with NOT_FOUND', async () => {
    const request = chat('sim-3-1ms');
    const end = await here.ask(request);
    there.send({ id: request.id, cancel: true });
    expect(await there.terminal(request.id)).toEqual(end);
    expect(await there.ask({ id: randomUUID(), cancel: true })).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });

  it("can't be cancelled by another user", async () => {
    const request = chat('sim-60-10ms');
    here.send(request);
    await firstChunk(request.id);
    const mallory = await connect(second.wsUrl, second.token('mallory'));
    expect(await mallory.ask({ id: request.id, cancel: true })).toMatchObject({ error: { code: 'NOT_FOUND' } });
    expect(await here.terminal(request.id)).toMatchObject({ type: 'done', usage: { completionTokens: 60 } });
  });

  it('stops gracefully when its account is frozen on any node, streamed or whole', async () => {
    const streamed = chat('sim-400-20ms');
    const whole = chat('sim-400-20ms', { stream: false });
    here.send(streamed);
    here.send(whole);
    await firstChunk(streamed.id);
    await second.app.get(AccountsService).freeze('alice', 'a test');
    const end = await here.terminal(streamed.id);
    expect(end).toMatchObject({ type: 'done', metadata: { finishReason: 'credits_exhausted' } });
    expect(end.usage!.completionTokens).toBe(here.frames(streamed.id).length - 1);
    expect(await here.terminal(whole.id)).toMatchObject({ metadata: { finishReason: 'credits_exhausted' } });
    expect(await here.ask(chat('sim-3-1ms'))).toMatchObject({ error: { code: 'FORBIDDEN' } });
    await second.app.get(AccountsService).unfreeze('alice');
    expect(await here.ask(chat('sim-3-1ms'))).toMatchObject({ type: 'done', metadata: { finishReason: 'stop' } });
  });

  it('leaves the books in order', async () => {
    expect(await readLedger(first.databaseUrl, 'alice')).toMatchObject({ faults: [], pendingHolds: 0, held: 0n });
  });
});
