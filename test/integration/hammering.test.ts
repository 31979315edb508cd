import { randomUUID } from 'node:crypto';
import { FallbackOrchestrator } from '../../src/orchestrator/fallback-orchestrator.js';
import type { Call } from '../../src/simulator/call-log.js';
import type { ForcedFault } from '../../src/simulator/faults/forced-faults.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect, type Frame } from '../support/socket-client.js';

const CROWD = 200;
const PROMPT = 'hi [[sim completion=5 text=numbered gap=0]]';

/** Asks many times at once, as one user. */
async function crowd(gateway: TestApp, user: string, fields: object = {}): Promise<Frame[]> {
  const client = await connect(gateway.wsUrl, gateway.token(user));
  try {
    const messages = [{ role: 'user', content: PROMPT }];
    const requests = Array.from({ length: CROWD }, () => ({
      id: randomUUID(),
      type: 'chat',
      provider: 'auto',
      model: 'gpt-4',
      messages,
      stream: true,
      maxTokens: 50,
      ...fields,
    }));
    for (const request of requests) client.send(request);
    return await Promise.all(requests.map(({ id }) => client.terminal(id, 50_000)));
  } finally {
    await client.close();
  }
}

const calls = ({ simulator }: TestApp, wire = 'openai'): Call[] =>
  simulator.calls().filter((call) => call.wire === wire);

describe('two hundred requests at once, and a provider that fails', () => {
  let gateway: TestApp;
  beforeAll(async () => {
    gateway = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2', RATE_LIMITS: 'off' });
    await crowd(gateway, 'warm');
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    gateway.simulator.reset();
    for (const endpointId of ['openai', 'claude']) gateway.app.get(FallbackOrchestrator).forgive(endpointId);
  });

  it.each<[ForcedFault, number]>([
    [{ fault: '429' }, 1],
    [{ fault: '500' }, 2],
    [{ fault: '503' }, 1],
    [{ fault: 'reset' }, 2],
    [{ fault: 'hang' }, 1],
    [{ fault: '401' }, 1],
    [{ fault: 'quota' }, 1],
    [{ fault: 'end', afterChunks: 3 }, 2],
  ])(
    'are all served, and those that come after them hardly ask it: %j',
    async (fault, mostEach) => {
      gateway.simulator.setFault({ ...fault, wire: 'openai' });
      const user = randomUUID();
      const ends = await crowd(gateway, user);
      expect(ends.filter(({ type }) => type !== 'done').map(({ error }) => error)).toEqual([]);
      expect(calls(gateway).length).toBeGreaterThan(0);
      expect(calls(gateway).length).toBeLessThanOrEqual(CROWD * mostEach);
      expect(calls(gateway, 'anthropic').length).toBeLessThanOrEqual(CROWD * 2);
      await eventually(() => expect(gateway.simulator.calls().map(({ tookMs }) => tookMs)).not.toContain(undefined));
      expect(await readLedger(gateway.databaseUrl, user)).toMatchObject({
        charges: CROWD,
        pendingHolds: 0,
        faults: [],
      });

      if (fault.fault === 'end') return; // it answers: only what it says breaks off
      const before = calls(gateway).length;
      const beganMs = Date.now();
      const standings = gateway.app.get(FallbackOrchestrator).health();
      await crowd(gateway, user);
      const later = calls(gateway).slice(before);
      const beyondOne = later.slice(1).map(({ atMs, tookMs }) => ({ afterMs: Math.round(atMs - beganMs), tookMs }));
      expect({ beyondOne, standings }).toEqual({ beyondOne: [], standings }); // how it stood explains a failure
    },
    120_000,
  );
});
