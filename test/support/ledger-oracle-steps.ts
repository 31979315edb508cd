import fc, { type Arbitrary } from 'fast-check';
import type { Key } from './ledger-oracle.js';

/** Relative to what the account or hold has when the step runs: its edges are where faults are. */
export type Money = { exactly: bigint } | { beyondAvailable: bigint } | { beyondHold: bigint };

/** A stream by its name, or one of those that run (on the step's node, where one does). */
export type Stream = Key | { running: number };

type KeyWish = { stream: Stream };
export type HoldWish = Key & { fingerprint: string; amount: Money; terms: number };
export type RowWish = { ahead: number; length: number; text: string; tokens: number; isRepeat: boolean };
export type AppendWish = KeyWish & RowWish;
export type FinishWish = KeyWish & { ahead: number; frame: string | null; tokens: number; cost: Money };

/** One call of the ledger, or one stroke of fate; sequence numbers are relative to the log's end. */
export type Step =
  | { do: 'grant'; kind: 'grant' | 'refund'; items: { account: string; key: string; amount: Money }[] }
  | { do: 'hold'; node: string; items: HoldWish[] }
  | { do: 'grow'; node: string; items: (KeyWish & { total: Money })[] }
  | { do: 'append'; node: string; items: AppendWish[] }
  | { do: 'finish'; node: string; items: FinishWish[] }
  | { do: 'log and finish'; node: string; items: (FinishWish & { row: RowWish | null })[] }
  | { do: 'release'; node: string; items: KeyWish[] }
  | { do: 'take over'; node: string; items: (KeyWish & { fingerprint: string })[] }
  | { do: 'read'; items: (KeyWish & { after: number })[] }
  | { do: 'reap'; isFree: boolean; patienceMs: number }
  | { do: 'beat'; node: string }
  | { do: 'let the lease lapse'; node: string; isLongAgo: boolean }
  | ({ do: 'let the hold expire' } & KeyWish)
  | ({ do: 'abandon'; node: string } & KeyWish)
  | ({ do: 'stop'; why: 'cancelled' | 'frozen' } & KeyWish)
  | { do: 'freeze' | 'unfreeze'; account: string };

/** How much money there is: plenty, or so little that most of what is asked for is refused or cut. */
export interface Regime {
  name: string;
  granted: bigint;
  largestHold: bigint;
}

export const REGIMES: Regime[] = [
  { name: 'ample', granted: 1_000_000_000n, largestHold: 5_000_000n },
  { name: 'scarce', granted: 2_000n, largestHold: 1_500n },
];

const LARGEST_AMOUNT = 999_999_999_999_999n;

/** One of these, and one in twenty times something that must be refused. */
function mostly<T>(usual: T[], odd: T[]): Arbitrary<T> {
  return fc.oneof(
    { arbitrary: fc.constantFrom(...usual), weight: 19 },
    { arbitrary: fc.constantFrom(...odd), weight: 1 },
  );
}

const node = mostly(['n1', 'n1', 'n2'], ['n3', 'queue']);
const account = mostly(['user:a', 'user:b', 'user:"c\\'], ['user:new', 'user:', 'user:ü', 'house:issued', 'x']);
/** Known or not, in one case of five not. */
const anyAccount = fc.oneof(
  { arbitrary: account, weight: 4 },
  { arbitrary: fc.constantFrom('user:nobody', 'house:issued'), weight: 1 },
);
const request = mostly(
  ['ws:1', 'ws:2', 'ws:"3\\', 'rest:4', 'ws:5', 'ws:6'],
  ['bare', '', 'ü', 'x'.repeat(144), 'x'.repeat(145)],
);
const fingerprint = mostly(['f'], ['g', '', 'f'.repeat(64), 'f'.repeat(65)]);
const ahead = fc.oneof({ arbitrary: fc.constant(1), weight: 5 }, { arbitrary: fc.constantFrom(-1, 0, 2), weight: 1 });
const tokens = fc.integer({ min: 0, max: 40 });
const key = { account, request };
const running = fc.record({ running: fc.nat({ max: 20 }) });
const stream: Arbitrary<Stream> = fc.oneof({ arbitrary: running, weight: 3 }, { arbitrary: fc.record(key), weight: 1 });

/** Few at a time and of few streams, so that repeats inside one batch are common. */
const batchOf = <T>(item: Arbitrary<T>): Arbitrary<T[]> => fc.array(item, { minLength: 1, maxLength: 6 });

function money(largest: bigint, ...edges: ('beyondAvailable' | 'beyondHold')[]): Arbitrary<Money> {
  const beyond = fc.constantFrom(-1n, 0n, 1n);
  return fc.oneof(
    { arbitrary: fc.bigInt({ min: 0n, max: largest }).map((exactly) => ({ exactly })), weight: 12 },
    {
      arbitrary: fc.constantFrom(0n, -1n, LARGEST_AMOUNT, LARGEST_AMOUNT + 1n).map((exactly) => ({ exactly })),
      weight: 1,
    },
    ...edges.map((edge) => ({ arbitrary: beyond.map((by) => ({ [edge]: by }) as Money), weight: 3 })),
  );
}

/** Any step; what makes streams live is commoner than what ends them. */
export function anyStep({ granted, largestHold }: Regime): Arbitrary<Step> {
  const step = <Name extends Step['do']>(name: Name, weight: number, fields: object) => ({
    arbitrary: fc.record({ do: fc.constant(name), ...fields }) as unknown as Arbitrary<Step>,
    weight,
  });
  const hold = { ...key, fingerprint, amount: money(largestHold, 'beyondAvailable'), terms: fc.nat({ max: 4 }) };
  const row = { ahead, length: fc.integer({ min: 1, max: 3 }), text: frameText, tokens, isRepeat: oneIn(6) };
  const frame = fc.constantFrom<string | null>(
    '{"cr":\x01,"bal":\x02}',
    '{"bal":\x02,"cr":\x01,"again":\x01}',
    '{}',
    null,
  );
  const finish = {
    stream,
    ahead: fc.constantFrom(1, 1, 1, 1, 0, 2),
    frame,
    tokens,
    cost: money(largestHold, 'beyondHold', 'beyondAvailable'),
  };
  const grant = {
    account,
    key: mostly(['k1', 'k2', 'k3'], ['', 'k'.repeat(145)]),
    amount: fc.oneof(fc.constant({ exactly: 7n }), money(granted)),
  };
  return fc.oneof(
    step('hold', 12, { node, items: batchOf(fc.record(hold)) }),
    step('append', 12, { node, items: batchOf(fc.record({ stream, ...row })) }),
    step('finish', 7, { node, items: batchOf(fc.record(finish)) }),
    step('log and finish', 5, { node, items: batchOf(fc.record({ ...finish, row: fc.option(fc.record(row)) })) }),
    step('grow', 6, {
      node,
      items: batchOf(fc.record({ stream, total: money(largestHold * 2n, 'beyondHold', 'beyondAvailable') })),
    }),
    step('take over', 5, { node, items: batchOf(fc.record({ stream, fingerprint })) }),
    step('grant', 3, { kind: mostly(['grant'], ['refund']), items: batchOf(fc.record(grant)) }),
    step('read', 2, { items: batchOf(fc.record({ stream, after: fc.integer({ min: 0, max: 8 }) })) }),
    step('release', 2, { node, items: batchOf(fc.record({ stream })) }),
    step('reap', 2, { isFree: oneIn(4), patienceMs: fc.constantFrom(0, 3_000) }),
    step('beat', 3, { node }),
    step('let the lease lapse', 2, { node, isLongAgo: oneIn(3) }),
    step('let the hold expire', 2, { stream }),
    step('abandon', 2, { node, stream }),
    step('stop', 2, { stream, why: mostly(['cancelled'], ['frozen']) }),
    step('freeze', 2, { account: anyAccount }),
    step('unfreeze', 2, { account: anyAccount }),
  );
}

const oneIn = (many: number): Arbitrary<boolean> => fc.nat({ max: many - 1 }).map((n) => n === 0);

/** Inside of JSON text: what PostgreSQL's own JSON would refuse or change, too. */
const frameText: Arbitrary<string> = fc.constantFrom('a', 'b', '\\u0000', '\\ud800', '😀', '  ');
