import { randomUUID } from 'node:crypto';
import { FallbackOrchestrator } from '../../src/orchestrator/fallback-orchestrator.js';
import type { Call } from '../../src/simulator/call-log.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { ConfigFile } from '../support/config-file.js';
import { ENTRANCES, type Seen } from '../support/entrances.js';
import { eventually } from '../support/eventually.js';
import {
  CONFIGURATION,
  FAULT_TABLE,
  numbers,
  SAME_EVERYWHERE,
  TOKENS,
  type Asked,
  type FaultRow,
} from '../support/fault-table.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect } from '../support/socket-client.js';

/** So often is tried anew what a busy machine may be too slow for. */
const TRIES = 3;

describe.each(ENTRANCES)('the fault table over $name', ({ ask }) => {
  let pair: TestApp;
  let alone: TestApp;
  let simulator: Simulator;
  let configuration: ConfigFile;

  beforeAll(async () => {
    configuration = new ConfigFile(CONFIGURATION);
    const variables = { DEFAULT_PRICE_USD_PER_MTOK: '1,2', GATEWAY_CONFIG: configuration.path };
    pair = await startTestApp(variables);
    simulator = await startSimulator({ gapMs: 0 });
    alone = await startTestApp({
      ...variables,
      OPENAI_API_KEY: 'key',
      OPENAI_BASE_URL: `${simulator.url}/v1`,
      ANTHROPIC_API_KEY: undefined,
    });
    // connections, prepared statements and compiled code are there: what follows is what a fault costs
    for (const gateway of [pair, alone]) await ask(gateway, { user: 'warm', model: 'gpt-4', prompt: SAME_EVERYWHERE });
  });
  afterAll(async () => {
    await pair.close();
    await alone.close();
    await simulator.close();
    configuration.remove();
  });

  it.each(FAULT_TABLE)('$fault', async (row) => {
    for (let tries = 1; ; tries++) {
      const isInTime = await play(row);
      if (isInTime) return;
      if (tries === TRIES) throw new Error(`it took too long, ${TRIES} times`);
    }
  });

  /** @returns whether it was quick enough, where that matters */
  async function play(row: FaultRow): Promise<boolean> {
    const gateway = row.isAlone ? alone : pair;
    const provider = row.isAlone ? simulator : pair.simulator;
    provider.reset();
    for (const endpointId of ['openai', 'claude']) gateway.app.get(FallbackOrchestrator).forgive(endpointId);
    if (row.isReused) {
      await ask(gateway, { user: 'warm', model: 'gpt-4', prompt: SAME_EVERYWHERE });
      provider.reset();
    }
    for (const fault of row.faults) provider.setFault({ wire: 'openai', ...fault });
    const user = randomUUID();
    const question = { user, model: row.model ?? 'gpt-4', prompt: row.prompt ?? SAME_EVERYWHERE };

    const seen = await ask(gateway, question);

    expectCaller(row, seen);
    const calls = await eventually(() => {
      const all = provider.calls();
      expect(all.map(({ tookMs }) => tookMs)).not.toContain(undefined); // no connection outlives its request
      return all;
    });
    const [first, second] = (['openai', 'anthropic'] as const).map((wire) =>
      calls.filter((call) => call.wire === wire),
    );
    expectAsked(row.first, first!);
    if (row.second) expectAsked(row.second, second!);
    await expectCharge(row, seen, gateway, user);
    if (row.next) {
      provider.reset();
      for (const fault of row.faults) if (!fault.count) provider.setFault({ wire: 'openai', ...fault });
      expect((await ask(gateway, question)).text).toBe(numbers(TOKENS));
      const counts = provider.stats().byWire;
      expect({ first: counts.openai.requests, second: counts.anthropic.requests }).toEqual(row.next);
    }
    return isInTime(row, seen, first!, second!);
  }
});

describe('an embedding whose provider never answers', () => {
  it('has a deadline of its own, asks nobody else, and costs nothing', async () => {
    const configuration = new ConfigFile(CONFIGURATION);
    const gateway = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2', GATEWAY_CONFIG: configuration.path });
    gateway.simulator.setFault({ wire: 'openai', fault: 'hang' });
    const client = await connect(gateway.wsUrl, gateway.token('alice'));
    const question = {
      type: 'embedding',
      provider: 'auto',
      model: 'text-embedding-3-small',
      prompt: 'a',
      stream: false,
    };
    const begunMs = performance.now();
    const end = await client.ask({ id: randomUUID(), ...question });
    expect(end).toMatchObject({ error: { code: 'ALL_PROVIDERS_FAILED' }, usage: { credits: 0 } });
    expect(performance.now() - begunMs).toBeGreaterThan(499);
    await eventually(() => expect(gateway.simulator.calls()).toMatchObject([{ wire: 'openai', isWhole: false }]));
    expect(await readLedger(gateway.databaseUrl, 'alice')).toMatchObject({ held: 0n, charges: 0, faults: [] });
    await client.close();
    await gateway.close();
    configuration.remove();
  });
});

function expectCaller({ caller }: FaultRow, seen: Seen): void {
  expect(seen.code).toBe(caller.code);
  const text = caller.text ?? (caller.code === undefined ? numbers(TOKENS) : '');
  if (typeof text === 'string') expect(seen.text).toBe(text);
  else expect(seen.text).toMatch(text);
  if (caller.provider === undefined) return;
  expect(seen.provider).toBe(caller.provider);
  expect(seen.model).toMatch(caller.model ?? '');
  expect(seen.completionTokens).toBe(TOKENS);
}

function expectAsked({ calls: expected, gapMs, broken }: Asked, calls: readonly Call[]): void {
  const [least, most] = typeof expected === 'number' ? [expected, expected] : expected;
  expect(calls.length).toBeGreaterThanOrEqual(least);
  expect(calls.length).toBeLessThanOrEqual(most);
  if (gapMs) {
    const gap = calls[1]!.atMs - calls[0]!.atMs;
    expect(gap).toBeGreaterThanOrEqual(gapMs[0] - 1);
    expect(gap).toBeLessThan(gapMs[1]);
  }
  if (broken !== undefined) expect(calls.filter(({ isWhole }) => !isWhole).length).toBeGreaterThanOrEqual(broken);
}

async function expectCharge({ charged }: FaultRow, seen: Seen, gateway: TestApp, user: string): Promise<void> {
  const ledger = await eventually(async () => {
    const facts = await readLedger(gateway.databaseUrl, user);
    expect(facts).toMatchObject({ held: 0n, pendingHolds: 0, faults: [] });
    return facts;
  });
  expect(ledger.charges).toBe(charged === 'nothing' ? 0 : 1);
  const credits = Number(ledger.charged) / 1_000_000;
  if (seen.credits !== undefined) expect(seen.credits).toBe(credits);
  if (charged === 'nothing') expect(credits).toBe(0);
  else expect(credits).toBeGreaterThan(0);
}

function isInTime({ caller, movesOnWithinMs }: FaultRow, seen: Seen, first: readonly Call[], second: readonly Call[]) {
  if (caller.withinMs !== undefined && seen.firstMs > caller.withinMs) return false;
  if (movesOnWithinMs === undefined) return true;
  const last = first.at(-1)!;
  return second[0]!.atMs - (last.atMs + last.tookMs!) < movesOnWithinMs;
}
