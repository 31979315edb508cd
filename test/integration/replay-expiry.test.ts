import { randomUUID } from 'node:crypto';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect, type SocketClient } from '../support/socket-client.js';

describe('a gateway that forgets soon and charges no broken answer', () => {
  let gateway: TestApp;
  let client: SocketClient;
  const chat = (model: string) => ({
    id: randomUUID(),
    type: 'chat',
    provider: 'auto',
    model,
    messages: [{ role: 'user', content: 'hello' }],
    stream: true,
  });

  beforeAll(async () => {
    gateway = await startTestApp({
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
      STREAM_REPLAY_MS: '1000',
      FREE_ON_ERROR: 'true',
    });
    client = await connect(gateway.wsUrl, gateway.token('alice'));
  });
  afterAll(async () => {
    await client.close();
    await gateway.close();
  });

  it('answers an id that is too old with RESUME_EXPIRED and its stored usage, generates nothing and charges nothing', async () => {
    const request = chat('sim-3-1ms');
    const done = await client.ask(request);
    const before = await readLedger(gateway.databaseUrl, 'alice');
    const expired = await eventually(async () => {
      client.forget(request.id);
      const answer = await client.ask({ ...request, lastSeq: 0 });
      expect(answer.error?.code).toBe('RESUME_EXPIRED');
      return answer;
    });
    const { promptTokens, completionTokens, totalTokens, credits } = done.usage!;
    expect(expired.seq).toBeUndefined();
    expect(expired.error!.details).toEqual({
      usage: { promptTokens, completionTokens, totalTokens, credits },
      model: 'sim-3-1ms',
    });
    expect(gateway.simulator.stats().requests).toBe(1);
    expect(await readLedger(gateway.databaseUrl, 'alice')).toEqual(before);
  });

  it('charges nothing for an answer that broke off after content was shown', async () => {
    const before = await readLedger(gateway.databaseUrl, 'alice');
    const end = await client.ask(chat('sim-20-2ms-cut'));
    expect(end).toMatchObject({ error: { code: 'UPSTREAM_LOST' }, usage: { credits: 0, completionTokens: 10 } });
    const after = await readLedger(gateway.databaseUrl, 'alice');
    expect(after).toMatchObject({ posted: before.posted, held: 0n, pendingHolds: 0, faults: [] });
  });
});
