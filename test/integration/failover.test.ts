import { randomUUID } from 'node:crypto';
import { startTestApp, type TestApp } from '../support/app.js';
import { connect, type Frame, type SocketClient } from '../support/socket-client.js';

describe('when the first provider fails', () => {
  let gateway: TestApp;
  let client: SocketClient;

  beforeEach(async () => {
    gateway = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2' });
    client = await connect(gateway.wsUrl, gateway.token('alice'));
    await ask('gpt-4'); // connections, prepared statements and compiled code are there: what follows is the failover alone
  });
  afterEach(async () => {
    await client.close();
    await gateway.close();
  });

  async function ask(
    model: string,
    fields: Record<string, unknown> = {},
  ): Promise<{ end: Frame; firstChunkMs: number }> {
    const id = randomUUID();
    const begunMs = performance.now();
    client.send({
      id,
      type: 'chat',
      provider: 'auto',
      model,
      messages: [{ role: 'user', content: 'hi [[sim chunks=5 gap=1]]' }],
      stream: true,
      ...fields,
    });
    const first = await client.first('the first frame', (frame) => frame.id === id);
    const firstChunkMs = performance.now() - begunMs;
    expect(first.type).toBe('chunk');
    return { end: await client.terminal(id), firstChunkMs };
  }

  it.each([
    ['a 500, retried once there', '500', 700, 3],
    ['a 429', '429', 300, 2],
    ['an overloaded server', '503', 300, 2],
    ['a reset connection', 'reset', 600, 2],
    ['a server that accepts and never answers', 'hang', 2_000, 2],
    ['a broken key', '401', 300, 2],
    ['an empty account', 'quota', 300, 2],
    ['an unknown model', '404', 300, 2],
  ] as const)(
    'moves on from %s in time; the answer names the model that answered',
    async (_, fault, withinMs, attempts) => {
      gateway.simulator.setFault({ fault, wire: 'openai' });
      const { end, firstChunkMs } = await ask('gpt-4');
      expect(end).toMatchObject({ type: 'done', metadata: { provider: 'claude', model: 'claude-sonnet-5' } });
      expect(end.metadata!.attempts).toBeGreaterThanOrEqual(2);
      expect(end.metadata!.attempts).toBeLessThanOrEqual(Math.max(attempts, 3));
      expect(firstChunkMs).toBeLessThan(withinMs);
    },
  );

  it('leaves a provider alone that limits our rate, for as long as it asked', async () => {
    gateway.simulator.setFault({ fault: '429', wire: 'openai', retryAfterSeconds: 30, count: 1 });
    await ask('gpt-4');
    const calls = gateway.simulator.stats().byWire.openai;
    for (let request = 0; request < 5; request++) expect((await ask('gpt-4')).end.metadata!.provider).toBe('claude');
    expect(gateway.simulator.stats().byWire.openai).toEqual(calls);
  });

  it('waits a short rate limit out where there is nobody else', async () => {
    gateway.simulator.setFault({ fault: '429', wire: 'openai', retryAfterMs: 400, count: 1 });
    const { end, firstChunkMs } = await ask('gpt-4', { provider: 'openai', fallback: false });
    expect(end).toMatchObject({ type: 'done', metadata: { provider: 'openai', attempts: 2 } });
    expect(firstChunkMs).toBeGreaterThanOrEqual(400);
    expect(firstChunkMs).toBeLessThan(1_000);
  });

  it('says when to come back where the rate limit is a long one', async () => {
    gateway.simulator.setFault({ fault: '429', wire: 'openai', retryAfterSeconds: 30 });
    const id = randomUUID();
    const end = await client.ask({
      id,
      type: 'chat',
      provider: 'openai',
      model: 'gpt-4',
      prompt: undefined,
      messages: [{ role: 'user', content: 'x' }],
      stream: true,
      fallback: false,
    });
    expect(end.error).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', retryable: true });
    expect(end.error!.retryAfterMs).toBeGreaterThan(25_000);
    expect(end.usage).toMatchObject({ credits: 0 });
  });

  it('tells the reason of every attempt when nobody answers, and charges nothing', async () => {
    gateway.simulator.setFault({ fault: '503' });
    const id = randomUUID();
    const end = await client.ask({
      id,
      type: 'chat',
      provider: 'auto',
      model: 'gpt-4',
      messages: [{ role: 'user', content: 'x' }],
      stream: true,
    });
    expect(end.error).toMatchObject({ code: 'ALL_PROVIDERS_FAILED', retryable: true });
    expect(end.error!.details!['attempts']).toEqual([
      { provider: 'openai', model: 'gpt-4', reason: 'server_error', status: 503 },
      { provider: 'claude', model: 'claude-sonnet-5', reason: 'server_error', status: 503 },
    ]);
    expect(end).toMatchObject({ usage: { credits: 0, totalTokens: 0 }, seq: 1 });
  });

  it("hands the caller's own mistakes back without asking anybody else", async () => {
    for (const [fault, code] of [
      ['400', 'VALIDATION_ERROR'],
      ['context', 'CONTEXT_LENGTH_EXCEEDED'],
      ['filter-400', 'CONTENT_FILTERED'],
    ] as const) {
      gateway.simulator.setFault({ fault, wire: 'openai' });
      const end = await client.ask({
        id: randomUUID(),
        type: 'chat',
        provider: 'auto',
        model: 'gpt-4',
        messages: [{ role: 'user', content: 'x' }],
        stream: true,
      });
      expect(end.error).toMatchObject({ code, retryable: false });
      expect(end.usage!.credits).toBe(0);
    }
    expect(gateway.simulator.stats().byWire.anthropic.requests).toBe(0);
  });

  it('opens the circuit of a provider that keeps failing, and spares it further calls', async () => {
    gateway.simulator.setFault({ fault: '503', wire: 'openai' });
    for (let request = 0; request < 12; request++) await ask('gpt-4');
    const calls = gateway.simulator.stats().requests;
    const { end } = await ask('gpt-4');
    expect(end.metadata).toMatchObject({ provider: 'claude', attempts: 1 });
    expect(gateway.simulator.stats().requests).toBe(calls + 1);
  });
});
