import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { AccountsService } from '../../src/billing/accounts/accounts.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { ConfigFile } from '../support/config-file.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect, type Frame, type SocketClient } from '../support/socket-client.js';

/** What one of these requests costs: 150 + 300 tokens of gpt-4. */
const COST = 45_000_000n;

describe('prepaid credits', () => {
  let gateway: TestApp;
  const question = {
    type: 'chat',
    provider: 'openai',
    model: 'gpt-4',
    fallback: false,
    clampToBalance: false,
    stream: true,
    maxTokens: 300,
  };
  // a prompt of at least 150 bytes: no tokenizer makes more tokens than bytes
  const messages = [
    { role: 'user', content: `[[sim prompt=150 completion=300 chunks=6 gap=1]] ${'a long question '.repeat(10)}` },
  ];

  // A thousand requests at once keep the one process that gateway, provider and clients share from answering in time.
  const configuration = new ConfigFile("models: { '*': { deadlines: { headersMs: 30000, firstContentMs: 30000 } } }");

  beforeAll(async () => {
    gateway = await startTestApp({
      GATEWAY_CONFIG: configuration.path,
      SIGNUP_CREDITS: '0',
      DEFAULT_PRICE_USD_PER_MTOK: '1000,1000',
      BUY_CREDITS_URL: 'https://pay.example/buy',
    });
  });
  afterAll(async () => {
    await gateway.close();
    configuration.remove();
  });

  const grant = (userId: string, amount: bigint) =>
    gateway.app.get(AccountsService).grant({ userId, amount, idempotencyKey: randomUUID(), meta: { reason: 'test' } });

  it('says what is needed, what is there and where to get more, stores nothing, and takes the same id after a top-up', async () => {
    const client = await connect(gateway.wsUrl, gateway.token('poor'));
    const request = { ...question, messages, id: randomUUID() };
    const refusal = await client.ask(request);
    expect(refusal.error).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
      details: { available: 0, buyUrl: 'https://pay.example/buy' },
    });
    expect(refusal.error!.details!['needed']).toBeGreaterThanOrEqual(45);
    expect(refusal.seq).toBeUndefined();
    await grant('poor', 1_000_000_000n);
    client.forget(request.id);
    expect(await client.ask(request)).toMatchObject({ type: 'done', usage: { credits: 45 }, balance: 955 });
    await client.close();
  });

  it('serves as many of 1,000 requests at once as the balance can pay for, to the micro-credit, and repeats cost nothing', async () => {
    await grant('crowd', 100n * COST);
    const clients = await Promise.all(Array.from({ length: 4 }, () => connect(gateway.wsUrl, gateway.token('crowd'))));
    const requests = Array.from({ length: 1_000 }, () => ({ ...question, messages, id: randomUUID() }));
    const clientOf = (index: number): SocketClient => clients[index % clients.length]!;
    const poll = await watchBalance('crowd');
    const ends = await Promise.all(requests.map((request, index) => clientOf(index).ask(request, 60_000)));
    const samples = await poll.stop();

    const served = ends.filter(({ type }) => type === 'done');
    const refused = ends.filter(({ error }) => error?.code === 'INSUFFICIENT_CREDITS');
    expect(ends.filter((end) => !served.includes(end) && !refused.includes(end))).toEqual([]);
    expect(served.length).toBeGreaterThan(50);
    expect(samples.length).toBeGreaterThan(5);
    for (const { posted, held } of samples) {
      expect(held).toBeGreaterThanOrEqual(0n);
      expect(posted).toBeGreaterThanOrEqual(held);
    }
    const after = await readLedger(gateway.databaseUrl, 'crowd');
    expect(after).toMatchObject({
      charged: COST * BigInt(served.length),
      charges: served.length,
      held: 0n,
      pendingHolds: 0,
      faults: [],
    });
    expect(after.posted).toBe(100n * COST - after.charged);
    expect(creditsOf(served)).toBe(45 * served.length);

    for (const client of clients) client.received.length = 0;
    const servedIds = new Set(served.map(({ id }) => id));
    const again = requests.filter(({ id }) => servedIds.has(id));
    const replayed = await Promise.all(again.map((request, index) => clientOf(index).ask(request, 60_000)));
    expect(new Map(replayed.map((end) => [end.id, end]))).toEqual(new Map(served.map((end) => [end.id, end])));
    expect(await readLedger(gateway.databaseUrl, 'crowd')).toEqual(after);
    await Promise.all(clients.map((client) => client.close()));
  });

  it('lowers the output limit to what the balance covers, and says that the credits ended the answer', async () => {
    await grant('tight', 20_000_000n);
    const client = await connect(gateway.wsUrl, gateway.token('tight'));
    const end = await client.ask({
      ...question,
      clampToBalance: true,
      id: randomUUID(),
      messages: [{ role: 'user', content: '[[sim prompt=10 completion=300 gap=0]]' }],
    });
    expect(end).toMatchObject({ type: 'done', metadata: { finishReason: 'credits_exhausted' } });
    expect(end.usage!.completionTokens).toBeLessThan(300);
    expect(end.usage!.completionTokens).toBeGreaterThan(16);
    expect(end.balance).toBeGreaterThanOrEqual(0);
    await client.close();
  });

  it('grows a hold while the answer does, and charges the whole of it', async () => {
    await grant('long', 200_000_000_000n);
    const client = await connect(gateway.wsUrl, gateway.token('long'));
    const { clampToBalance: _, maxTokens: __, ...open } = question;
    const request = {
      ...open,
      model: 'gpt-4o',
      id: randomUUID(),
      messages: [{ role: 'user', content: '[[sim prompt=10 completion=9000 chunks=9000 gap=0]]' }],
    };
    client.send(request);
    const seen: bigint[] = [];
    await client.first('the 6,000th chunk', ({ seq }) => seq === 6_000, 30_000);
    seen.push((await readLedger(gateway.databaseUrl, 'long')).held);
    const end = await client.terminal(request.id, 30_000);
    expect(end).toMatchObject({ type: 'done', usage: { completionTokens: 9_000, usageSource: 'provider' } });
    expect(await readLedger(gateway.databaseUrl, 'long')).toMatchObject({ held: 0n, pendingHolds: 0, faults: [] });
    await client.close();
  });

  it.each(['openai', 'claude'])(
    'ends an answer of %s gracefully when neither hold nor balance covers more',
    async (provider) => {
      // 1,000 USD a million tokens: 2 credits each; the hold's first 4,096 fit, and then what is left, but not all 6,000
      const userId = `dry-${provider}`;
      await grant(userId, 11_000_000_000n);
      const client = await connect(gateway.wsUrl, gateway.token(userId));
      const { clampToBalance: _, maxTokens: __, ...open } = question;
      const request = { ...open, provider, model: 'costly', maxTokens: 8_000, clampToBalance: true, id: randomUUID() };
      client.send({ ...request, messages: [{ role: 'user', content: '[[sim completion=6000 chunks=6000 gap=0]]' }] });
      const end = await client.terminal(request.id, 30_000);
      const chunks = client.frames(request.id).filter(({ type }) => type === 'chunk').length;
      expect(end).toMatchObject({ type: 'done', metadata: { finishReason: 'credits_exhausted' } });
      expect(chunks).toBeGreaterThan(4_096);
      expect(chunks).toBeLessThan(6_000);
      expect(end.usage!.completionTokens).toBeGreaterThanOrEqual(chunks - 1);
      const ledger = await readLedger(gateway.databaseUrl, userId);
      expect(ledger).toMatchObject({ held: 0n, pendingHolds: 0, faults: [] });
      expect(ledger.charged).toBeGreaterThan(2_000_000n * BigInt(chunks) - 1n);
      expect(ledger.posted).toBeGreaterThanOrEqual(0n);
      await client.close();
    },
  );

  it.each([
    ['openai', 'gpt-4o', 20_000n],
    ['claude', 'claude-haiku-4-5', 10_000n],
  ])(
    'stops an answer of %s in mid-stream when its hold can grow no more, and charges what was delivered',
    async (provider, model, price) => {
      const userId = `spent-${provider}`;
      await grant(userId, 5_200n * price); // the first hold covers 4,096 output tokens; the answer wants 9,000
      const client = await connect(gateway.wsUrl, gateway.token(userId));
      const { clampToBalance: _, maxTokens: __, ...open } = question;
      const request = { ...open, provider, model, id: randomUUID() };
      client.send({
        ...request,
        messages: [{ role: 'user', content: '[[sim completion=9000 chunks=9000 gap=1 text=lorem]]' }],
      });
      const end = await client.terminal(request.id, 40_000);
      const chunks = client.frames(request.id).filter(({ type }) => type === 'chunk').length;
      expect(end).toMatchObject({
        type: 'done',
        metadata: { finishReason: 'credits_exhausted' },
        usage: { usageSource: 'estimated', completionTokens: chunks },
      });
      expect(chunks).toBeGreaterThan(4_500); // it grew to what there was, and used it
      expect(chunks).toBeLessThan(5_400);
      const ledger = await readLedger(gateway.databaseUrl, userId);
      expect(ledger).toMatchObject({ held: 0n, pendingHolds: 0, faults: [] });
      expect(ledger.posted).toBeLessThan(400n * price);
      await client.close();
    },
    60_000,
  );

  it('refuses a frozen account', async () => {
    await grant('cold', COST);
    await gateway.app.get(AccountsService).freeze('cold', 'a test');
    const client = await connect(gateway.wsUrl, gateway.token('cold'));
    expect((await client.ask({ ...question, messages, id: randomUUID() })).error).toMatchObject({ code: 'FORBIDDEN' });
    await client.close();
  });

  /** Reads the account again and again while something else happens. */
  async function watchBalance(userId: string) {
    const samples: { posted: bigint; held: bigint }[] = [];
    const database = new Client({ connectionString: gateway.databaseUrl });
    await database.connect();
    let isOver = false;
    const sample = async () => {
      const { rows } = await database.query('SELECT posted, held FROM ledger.account WHERE id = $1', [
        `user:${userId}`,
      ]);
      samples.push({ posted: BigInt(rows[0].posted), held: BigInt(rows[0].held) });
      if (!isOver) await delay(5).then(sample);
    };
    const running = sample();
    return {
      stop: async () => {
        isOver = true;
        await running;
        await database.end();
        return samples;
      },
    };
  }
});

function creditsOf(ends: readonly Frame[]): number {
  return ends.reduce((sum, { usage }) => sum + usage!.credits, 0);
}
