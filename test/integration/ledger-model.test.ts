import fc from 'fast-check';
import { LedgerBench } from '../support/ledger-bench.js';
import { LedgerRun } from '../support/ledger-oracle-run.js';
import { anyStep, REGIMES, type Step } from '../support/ledger-oracle-steps.js';

/**
 * The ledger's functions against an oracle that knows no SQL: sequences of random batches, every answer compared, and all
 * tables at the end. Always the same sequences, unless LEDGER_MODEL_SEED and LEDGER_MODEL_RUNS say otherwise.
 */
const SEED = Number(process.env.LEDGER_MODEL_SEED ?? 20_261_122);
const RUNS = Number(process.env.LEDGER_MODEL_RUNS ?? 80);
/** Very much longer than it takes; what is left of it goes into finding the shortest counterexample. */
const LONGEST_MS = 30_000 + RUNS * 500;

const ENDS = ['settled', 'released', 'duplicate', 'fenced', 'gap', 'conflict', 'logged', 'unknown', 'invalid'];
/** Every word that the functions know. */
const OUTCOMES = {
  grant: ['granted', 'duplicate', 'conflict', 'invalid'],
  hold: ['held', 'duplicate', 'conflict', 'insufficient', 'frozen', 'no_account', 'invalid'],
  grow: ['grown', 'same', 'insufficient', 'frozen', 'fenced', 'closed', 'unknown', 'invalid'],
  append: ['appended', 'duplicate', 'gap', 'conflict', 'fenced', 'busy', 'unknown', 'invalid'],
  finish: ENDS,
  'log and finish': ENDS,
  release: ['released', 'duplicate', 'logged', 'fenced', 'unknown'],
  reap: ['settled', 'released'],
  'take over': ['taken', 'alive', 'logged', 'closed', 'frozen', 'expired', 'conflict', 'unknown'],
  abandon: ['abandoned', 'fenced', 'closed', 'unknown'],
  stop: ['asked', 'closed', 'unknown'],
  freeze: ['frozen', 'no_account'],
  unfreeze: ['active', 'no_account'],
};

let bench: LedgerBench;
const seen = new Set<string>();

beforeAll(async () => {
  bench = await LedgerBench.open();
});
afterAll(() => bench.close());

describe('the ledger does what its oracle says', () => {
  it.each(REGIMES)(
    'with $name funds',
    async (regime) => {
      const opening: Step[] = [
        { do: 'beat', node: 'n1' },
        { do: 'beat', node: 'n2' },
        ...['user:a', 'user:b', 'user:"c\\'].map((account): Step => {
          return {
            do: 'grant',
            kind: 'grant',
            items: [{ account, key: 'first', amount: { exactly: regime.granted } }],
          };
        }),
      ];
      const steps = fc.array(anyStep(regime), { minLength: 1, maxLength: 60, size: 'max' });
      const property = fc.asyncProperty(steps, async (sequence) => {
        const run = await LedgerRun.begin(bench, (outcome) => seen.add(outcome));
        for (const step of [...opening, ...sequence]) await run.take(step);
        await run.compareTables();
      });
      await fc.assert(property, {
        seed: SEED,
        numRuns: RUNS,
        interruptAfterTimeLimit: LONGEST_MS,
        markInterruptAsFailure: true,
      });
    },
    LONGEST_MS + 20_000,
  );

  const isUsual = process.env.LEDGER_MODEL_SEED === undefined && process.env.LEDGER_MODEL_RUNS === undefined;
  (isUsual ? it : it.skip)('in every way in which a call can end', () => {
    const known = Object.entries(OUTCOMES).flatMap(([call, results]) => results.map((result) => `${call}: ${result}`));
    expect([...seen].sort()).toEqual(known.sort());
  });
});
