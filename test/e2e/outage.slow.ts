import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from '../../src/simulator/call-log.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { ENTRANCES, type Seen } from '../support/entrances.js';
import { readLedger } from '../support/ledger-audit.js';

/** The times of everyday: nothing here is scaled. `npm run outage` runs it, in two minutes. */
const OUTAGE_MS = 60_000;
const BACK_WITHIN_MS = 30_000;
const MOST_ATTEMPTS = 7;
const [socket] = ENTRANCES;

describe.each([
  ['errors', '503', 4_000],
  ['says nothing', 'hang', 4_000],
  ['errors, and many ask', '503', 250],
] as const)('a first provider that %s for 60 s (%s), asked every %i ms', (_, fault, everyMs) => {
  let gateway: TestApp;
  beforeAll(async () => {
    gateway = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2', RATE_LIMITS: 'off' });
  });
  afterAll(() => gateway.close());

  it(
    'costs nobody an answer and the provider a handful of calls, and is over within 30 s of its recovery',
    async () => {
      const user = randomUUID();
      const ask = () => socket!.ask(gateway, { user, model: 'gpt-4', prompt: 'hi [[sim completion=5 gap=0]]' });
      await ask();
      gateway.simulator.reset();
      gateway.simulator.setFault({ fault, wire: 'openai' });
      const begunMs = performance.timeOrigin + performance.now();
      const seen: Promise<Seen>[] = [];
      const untilRecovery = await askUntil(begunMs + OUTAGE_MS, () => seen.push(ask()), everyMs);
      const during = callsOf(gateway);
      gateway.simulator.setFault();
      await askUntil(untilRecovery + BACK_WITHIN_MS + everyMs, () => seen.push(ask()), everyMs);
      const answers = await Promise.all(seen);

      const back = callsOf(gateway).find(({ atMs }) => atMs >= untilRecovery);
      const slowestMs = Math.max(...answers.map(({ firstMs }) => firstMs));
      process.stdout.write(
        `${fault} every ${everyMs} ms: ${answers.length} answers, slowest first word ${Math.round(slowestMs)} ms; ` +
          `the provider was asked ${during.length} times in its outage (after ${during.map((call) => ((call.atMs - begunMs) / 1_000).toFixed(1)).join(', ')} s), ` +
          `and was back ${((back!.atMs - untilRecovery) / 1_000).toFixed(1)} s after its recovery\n`,
      );
      expect(answers.filter(({ code }) => code !== undefined)).toEqual([]);
      expect(during.length).toBeLessThanOrEqual(everyMs < 1_000 ? 3 * MOST_ATTEMPTS : MOST_ATTEMPTS);
      expect(back!.atMs - untilRecovery).toBeLessThan(BACK_WITHIN_MS);
      expect(answers.at(-1)!.provider).toBe('openai');
      expect(slowestMs).toBeLessThan(2_000);
      expect(await readLedger(gateway.databaseUrl, user)).toMatchObject({ pendingHolds: 0, faults: [] });
    },
    OUTAGE_MS + BACK_WITHIN_MS + 60_000,
  );
});

/** @returns when it stopped, in milliseconds since 1970 */
async function askUntil(untilMs: number, ask: () => void, everyMs: number): Promise<number> {
  for (;;) {
    const nowMs = performance.timeOrigin + performance.now();
    if (nowMs >= untilMs) return nowMs;
    ask();
    await delay(Math.min(everyMs, Math.max(1, untilMs - nowMs)));
  }
}

function callsOf({ simulator }: TestApp): Call[] {
  return simulator.calls().filter(({ wire }) => wire === 'openai');
}
