import { randomUUID } from 'node:crypto';
import { FallbackOrchestrator } from '../../src/orchestrator/fallback-orchestrator.js';
import type { Call } from '../../src/simulator/call-log.js';
import type { ForcedFault } from '../../src/simulator/faults/forced-faults.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { ConfigFile } from '../support/config-file.js';
import { ENTRANCES, type Seen } from '../support/entrances.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect } from '../support/socket-client.js';

const TOKENS = 30;
/** ' 1', ' 2', ' 3' …: the same from every model. */
const numbers = (count: number) => Array.from({ length: count }, (_, index) => ` ${index + 1}`).join('');
const SAME_EVERYWHERE = `go [[sim completion=${TOKENS} text=numbered gap=0]]`;
/** What differs from model to model: nobody repeats what another one said. */
const DIFFERENT = 'What do you think of it?';

/** What one provider saw: how often it was asked, and, in milliseconds, what lay between. */
interface Asked {
  calls: number | readonly [least: number, most: number];
  /** Between the first two calls. */
  gapMs?: readonly [least: number, most: number];
  /** Calls whose answer did not go out whole: the caller, or the fault, hung up. */
  broken?: number;
}

interface Row {
  fault: string;
  /** Of the first provider, unless they say otherwise. */
  faults: readonly ForcedFault[];
  /** What the caller sees. `text`: all of the numbers unless given; `withinMs`: to the first of it. */
  caller: { provider?: 'openai' | 'claude'; model?: RegExp; code?: string; text?: RegExp | string; withinMs?: number };
  /** What the first provider sees, and the second one. */
  first: Asked;
  second?: Asked;
  charged: 'one answer' | 'what was delivered' | 'nothing';
  prompt?: string;
  /** Instead of gpt-4; CONFIGURATION has more of some. */
  model?: string;
  /** There is only the first provider. */
  isAlone?: true;
  /** A connection is there that was used before. */
  isReused?: true;
  /** Another request right behind it sees this. */
  next?: { first: number; second: number };
  /** How long after the first provider has failed the second one may be asked, in milliseconds. */
  movesOnWithinMs?: number;
}

/** Deadlines that a test can wait for; others have their own tests with those of everyday. */
const CONFIGURATION = `
providers:
  gone: { wire: openai, baseUrl: 'http://127.0.0.1:1/v1', models: [gone-1] }
models:
  gone-1: { fallbacks: ['openai:gpt-4'] }
  text-embedding-3-small: { deadlines: { headersMs: 500 } }
  quick-1: { deadlines: { firstContentMs: 700, stallMs: 700 } }
  short-1: { contextFallbacks: ['openai:long-1'] }
  prim-1: { contentFilterFallbacks: ['openai:frank-1'] }
`;
/** Another of the family, not the one that is gone. */
const SIMILAR = /^gpt-4.+/;

const by = (provider: 'openai' | 'claude') => ({ provider });
const MOVES_ON = { caller: by('claude'), second: { calls: 1 }, charged: 'one answer' } as const;
const SAVED = { caller: by('openai'), second: { calls: 0 }, charged: 'one answer' } as const;
const REFUSED = { second: { calls: 0 }, charged: 'nothing' } as const;
const LEFT_ALONE = { first: 0, second: 1 };
const ASKED_AGAIN = { first: 1, second: 0 };

const TABLE: readonly Row[] = [
  {
    fault: '429 with Retry-After in seconds',
    faults: [{ fault: '429', retryAfterSeconds: 2 }],
    first: { calls: 1 },
    ...MOVES_ON,
    next: LEFT_ALONE,
  },
  {
    fault: '429 with Retry-After as a date',
    faults: [{ fault: '429', retryAfterDateSeconds: 3 }],
    first: { calls: 1 },
    ...MOVES_ON,
    next: LEFT_ALONE,
  },
  {
    fault: '429 with retry-after-ms',
    faults: [{ fault: '429', retryAfterMs: 1_500 }],
    first: { calls: 1 },
    ...MOVES_ON,
    next: LEFT_ALONE,
  },
  {
    fault: '429 for ever, without a header',
    faults: [{ fault: '429' }],
    first: { calls: 1 },
    ...MOVES_ON,
    next: LEFT_ALONE,
  },
  {
    fault: '429 once, and nobody else to ask: waited out',
    faults: [{ fault: '429', retryAfterMs: 600, count: 1 }],
    caller: by('openai'),
    first: { calls: 2, gapMs: [600, 1_500] },
    charged: 'one answer',
    isAlone: true,
  },
  {
    fault: '429 for ever, and nobody else to ask',
    faults: [{ fault: '429', retryAfterMs: 300 }],
    caller: { code: 'RATE_LIMIT_EXCEEDED' },
    first: { calls: 2, gapMs: [300, 1_000] },
    charged: 'nothing',
    isAlone: true,
  },
  {
    fault: '500 once',
    faults: [{ fault: '500', count: 1 }],
    first: { calls: 2, gapMs: [100, 600] },
    ...SAVED,
    next: ASKED_AGAIN,
  },
  { fault: '500 for ever', faults: [{ fault: '500' }], first: { calls: 2, gapMs: [100, 600] }, ...MOVES_ON },
  { fault: '503 for ever', faults: [{ fault: '503' }], first: { calls: 1 }, ...MOVES_ON, movesOnWithinMs: 50 },
  {
    fault: 'overloaded (529)',
    faults: [{ fault: 'overloaded' }],
    first: { calls: 1 },
    ...MOVES_ON,
    movesOnWithinMs: 50,
  },
  {
    fault: 'a reset before headers', // on a connection that was used before it is tried once more on a new one
    faults: [{ fault: 'reset' }],
    first: { calls: [1, 2], broken: 1 },
    ...MOVES_ON,
    movesOnWithinMs: 50,
  },
  {
    fault: 'a reset of a connection that was used before',
    faults: [{ fault: 'keepalive-reset', count: 1 }],
    isReused: true,
    first: { calls: 2, gapMs: [0, 100], broken: 1 },
    ...SAVED,
  },
  {
    fault: 'a refused connection', // nobody listens there: the first provider that sees anything is the next one
    faults: [],
    model: 'gone-1',
    ...SAVED,
    caller: { provider: 'openai', model: /^gpt-4$/, withinMs: 500 },
    first: { calls: 1 },
  },
  {
    fault: 'accepts and never answers',
    faults: [{ fault: 'hang' }],
    first: { calls: 1, broken: 1 },
    ...MOVES_ON,
    caller: { provider: 'claude', withinMs: 2_000 },
  },
  {
    fault: 'headers at once, the first content much later',
    faults: [{ fault: 'late' }],
    model: 'quick-1',
    first: { calls: 1, broken: 1 },
    ...MOVES_ON,
    caller: { provider: 'claude', withinMs: 1_500 },
  },
  {
    fault: 'a stall amid the answer',
    faults: [{ fault: 'stall', afterChunks: 20, count: 1 }],
    model: 'quick-1',
    first: { calls: 2, gapMs: [700, 2_500], broken: 1 },
    ...SAVED,
  },
  {
    fault: 'a cut after two thirds',
    faults: [{ fault: 'cut', afterChunks: 20, count: 1 }],
    first: { calls: 2, broken: 1 },
    ...SAVED,
  },
  {
    fault: 'a cut for ever, at the same place: the other provider repeats it',
    faults: [{ fault: 'cut', afterChunks: 20 }],
    first: { calls: 2, broken: 2 },
    ...MOVES_ON,
  },
  {
    fault: 'a clean end without a finish reason',
    faults: [{ fault: 'end', afterChunks: 20, count: 1 }],
    first: { calls: 2 },
    ...SAVED,
  },
  {
    fault: 'a break that nobody can mend',
    faults: [{ fault: 'end', afterChunks: 12 }],
    prompt: DIFFERENT,
    caller: { code: 'UPSTREAM_LOST', text: /^You asked: "What do you think of it\?"\. This is gpt-4, played$/ },
    first: { calls: 2 },
    second: { calls: 1 },
    charged: 'what was delivered',
  },
  {
    fault: 'an error event in the stream',
    faults: [{ fault: 'err', afterChunks: 20, count: 1 }],
    first: { calls: 2 },
    ...SAVED,
  },
  {
    fault: 'an error event before any content',
    faults: [{ fault: 'err', afterChunks: 0 }],
    first: { calls: 1 },
    ...MOVES_ON,
  },
  { fault: 'a malformed event amid good ones', faults: [{ fault: 'malformed' }], first: { calls: 1 }, ...SAVED },
  {
    fault: 'a malformed event, and then the end',
    faults: [{ fault: 'garbled', afterChunks: 20, count: 1 }],
    first: { calls: 2 },
    ...SAVED,
  },
  { fault: 'no [DONE]', faults: [{ fault: 'nodone' }], first: { calls: 1 }, ...SAVED, next: ASKED_AGAIN },
  {
    fault: '400: the context is too long',
    faults: [{ fault: 'context' }],
    caller: { code: 'CONTEXT_LENGTH_EXCEEDED', text: '' },
    first: { calls: 1 },
    ...REFUSED,
  },
  {
    fault: '400: the context is too long, and a larger model is configured',
    faults: [{ fault: 'context', model: 'short-1' }],
    model: 'short-1',
    ...SAVED,
    caller: { provider: 'openai', model: /^long-1$/ },
    first: { calls: 2 },
  },
  {
    fault: '400: content filter',
    faults: [{ fault: 'filter-400' }],
    caller: { code: 'CONTENT_FILTERED', text: '' },
    first: { calls: 1 },
    ...REFUSED,
  },
  {
    fault: '400: content filter, and another model is configured for that',
    faults: [{ fault: 'filter-400', model: 'prim-1' }],
    model: 'prim-1',
    ...SAVED,
    caller: { provider: 'openai', model: /^frank-1$/ },
    first: { calls: 2 },
  },
  {
    fault: 'another 400',
    faults: [{ fault: '400', count: 1 }],
    caller: { code: 'VALIDATION_ERROR', text: '' },
    first: { calls: 1 },
    ...REFUSED,
    next: ASKED_AGAIN,
  },
  { fault: '401', faults: [{ fault: '401' }], first: { calls: 1 }, ...MOVES_ON, next: LEFT_ALONE },
  { fault: '403', faults: [{ fault: '403' }], first: { calls: 1 }, ...MOVES_ON, next: LEFT_ALONE },
  { fault: 'quota exhausted', faults: [{ fault: 'quota' }], first: { calls: 1 }, ...MOVES_ON, next: LEFT_ALONE },
  {
    fault: 'a model that is unknown (404): the similar one, there',
    faults: [{ fault: '404', model: 'gpt-4' }],
    ...SAVED,
    caller: { provider: 'openai', model: SIMILAR },
    first: { calls: 2 },
  },
  {
    fault: 'a model that is retired (410): the similar one, there',
    faults: [{ fault: '410', model: 'gpt-4' }],
    ...SAVED,
    caller: { provider: 'openai', model: SIMILAR },
    first: { calls: 2 },
  },
  {
    fault: 'a model that is retired, and so is the similar one: the equivalent one elsewhere',
    faults: [{ fault: '404' }],
    ...MOVES_ON,
    caller: { provider: 'claude', model: /^claude-/ },
    first: { calls: 2 },
  },
  {
    fault: 'everything down',
    faults: [{ fault: '503' }, { fault: '503', wire: 'anthropic' }],
    caller: { code: 'ALL_PROVIDERS_FAILED', text: '' },
    first: { calls: 1 },
    second: { calls: 1 },
    charged: 'nothing',
  },
];

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

  it.each(TABLE)('$fault', async (row) => {
    for (let tries = 1; ; tries++) {
      const isInTime = await play(row);
      if (isInTime) return;
      if (tries === TRIES) throw new Error(`it took too long, ${TRIES} times`);
    }
  });

  /** @returns whether it was quick enough, where that matters */
  async function play(row: Row): Promise<boolean> {
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

function expectCaller({ caller }: Row, seen: Seen): void {
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

async function expectCharge({ charged }: Row, seen: Seen, gateway: TestApp, user: string): Promise<void> {
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

function isInTime({ caller, movesOnWithinMs }: Row, seen: Seen, first: readonly Call[], second: readonly Call[]) {
  if (caller.withinMs !== undefined && seen.firstMs > caller.withinMs) return false;
  if (movesOnWithinMs === undefined) return true;
  const last = first.at(-1)!;
  return second[0]!.atMs - (last.atMs + last.tookMs!) < movesOnWithinMs;
}
