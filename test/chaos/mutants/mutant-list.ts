/** What must find a mutant. */
export type Hunt =
  /** A chaos run, in which one of these rules must be broken. */
  | { by: 'chaos'; seconds: number; regime: 'ample' | 'scarce' | 'both'; rules: readonly string[] }
  /** A test file, which must fail: for what only a crowd brings to light. */
  | { by: 'jest'; file: string };

/** A fault that is built into the product to see whether it is found: `<name>.patch` in this folder. */
export interface Mutant {
  name: string;
  /** What is wrong with it. */
  meaning: string;
  hunt: Hunt;
}

const chaos = (rules: readonly string[], seconds = 20, regime: 'ample' | 'scarce' | 'both' = 'both'): Hunt => ({
  by: 'chaos',
  seconds,
  regime,
  rules,
});

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no-balance-guard',
    meaning: 'credits are held whatever the balance is',
    hunt: chaos(['overdrawn'], 20, 'scarce'),
  },
  {
    name: 'settle-ignores-status',
    meaning: 'a hold that is closed is charged again',
    hunt: chaos(['audit', 'conservation', 'charges', 'charge'], 40),
  },
  {
    name: 'hold-never-released',
    meaning: 'what was held stays held after the end',
    hunt: chaos(['audit', 'held-at-the-end']),
  },
  { name: 'send-before-log', meaning: 'frames go out before the log has them', hunt: chaos(['send-before-log']) },
  {
    name: 'done-before-commit',
    meaning: 'the last frame goes out before the charge is committed',
    hunt: chaos(['done-before-commit']),
  },
  { name: 'money-as-number', meaning: 'costs are reckoned in floating point', hunt: chaos(['charge']) },
  {
    name: 'reaper-without-the-fence',
    meaning: 'streams are ended whose owner is alive',
    hunt: chaos(['reaped']),
  },
  {
    name: 'repeat-dispatches-again',
    meaning: 'the same id on another node asks the provider again',
    hunt: chaos(['generations']),
  },
  { name: 'usage-added', meaning: "the provider's counts are added up", hunt: chaos(['usage', 'charge']) },
  {
    name: 'disconnect-refunds',
    meaning: 'whoever hangs up pays nothing',
    hunt: chaos(['end-code', 'charge']),
  },
  {
    name: 'unsorted-locks',
    meaning: 'a batch locks accounts in the order in which they come',
    hunt: { by: 'jest', file: 'test/integration/ledger-concurrent.test.ts' },
  },
  {
    name: 'video-order-unannounced',
    meaning: 'a video is ordered without a note beforehand that an order is under way',
    hunt: { by: 'jest', file: 'test/e2e/video-kill.test.ts' },
  },
  {
    name: 'video-unknown-order-again',
    meaning: 'a video is ordered again where nobody knows what became of its order',
    hunt: { by: 'jest', file: 'test/e2e/video-kill.test.ts' },
  },
  {
    name: 'video-ends-uncompared',
    meaning: 'a video ends in whatever state it is, again and again',
    hunt: { by: 'jest', file: 'test/integration/video-store.test.ts' },
  },
];
