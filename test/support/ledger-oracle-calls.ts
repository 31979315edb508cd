import type { Key, LedgerOracle } from './ledger-oracle.js';
import { REAP_TEMPLATE } from './ledger-oracle-reaper.js';
import type { Hold, Terms } from './ledger-oracle-state.js';
import type { FinishWish, Money, RowWish, Step, Stream } from './ledger-oracle-steps.js';

type StepOf<Name extends Step['do']> = Extract<Step, { do: Name }>;
export type Rows = Record<string, unknown>[];

/** A call of the ledger, and what its oracle says to it. */
export interface Call {
  sql: string;
  values: unknown[];
  expected: Rows;
}

const HOUR_MS = 3_600_000;

/** What holds are made under, and how it is sent: prices with decimals, none, and what is no price. */
const TERMS: { terms: Terms; text: string }[] = [
  {
    terms: { model: 'm', provider: 'p', promptTokens: 11, reap: { prompt: '100', token: '2' } },
    text: '{"model":"m","provider":"p","promptTokens":11,"reap":{"prompt":100,"token":2}}',
  },
  { terms: { reap: { prompt: '0.5', token: '0.000001' } }, text: '{"reap":{"prompt":0.5,"token":0.000001}}' },
  { terms: { reap: { prompt: '-7', token: '90.25' } }, text: '{"reap":{"prompt":-7,"token":90.25}}' },
  { terms: {}, text: '{"promptTokens":"many","reap":{"prompt":"1","token":[]}}' },
  { terms: {}, text: '{no JSON' },
];

/** The call that a step is, everything relative made absolute; the oracle has made it then. */
export function callOf(step: Step, oracle: LedgerOracle): Call {
  const calls: { [Name in Step['do']]: (step: StepOf<Name>, oracle: LedgerOracle) => Call } = {
    grant,
    hold,
    grow,
    append,
    finish,
    'log and finish': logAndFinish,
    release,
    'take over': takeOver,
    read,
    reap,
    beat,
    abandon,
    stop,
    freeze,
    unfreeze: freeze,
    'let the lease lapse': letTheLeaseLapse,
    'let the hold expire': letTheHoldExpire,
  };
  return (calls[step.do] as (step: Step, oracle: LedgerOracle) => Call)(step, oracle);
}

function grant(step: StepOf<'grant'>, oracle: LedgerOracle): Call {
  const items = step.items.map((item) => ({ ...item, amount: amountOf(item.amount, oracle, item.account) }));
  const sql = 'SELECT result, balance, available FROM ledger.grant_credits($1, $2, $3, NULL, $4) ORDER BY i';
  const values = [...columns(items, 'account', 'key', 'amount'), step.kind];
  return { sql, values, expected: oracle.grant(step.kind, items) };
}

function hold(step: StepOf<'hold'>, oracle: LedgerOracle): Call {
  const items = step.items.map((item) => {
    const amount = amountOf(item.amount, oracle, item.account, item.request);
    return { ...item, amount, ttlMs: HOUR_MS, ...TERMS[item.terms]! };
  });
  const sql = `SELECT result, status, amount, charged, available, owner
    FROM ledger.hold_batch($1, $2, $3, $4, $5, $6, $7) ORDER BY i`;
  const values = [step.node, ...columns(items, 'account', 'request', 'fingerprint', 'amount', 'ttlMs', 'text')];
  return { sql, values, expected: oracle.holdBatch(step.node, items) };
}

function grow(step: StepOf<'grow'>, oracle: LedgerOracle): Call {
  const items = step.items.map(({ stream, total: wish }) => {
    const key = keyOf(stream, oracle, step.node);
    return { ...key, total: amountOf(wish, oracle, key.account, key.request) };
  });
  const sql = 'SELECT result, amount, available FROM ledger.grow_hold($1, $2, $3, $4) ORDER BY i';
  const values = [step.node, ...columns(items, 'account', 'request', 'total')];
  return { sql, values, expected: oracle.grow(step.node, items) };
}

const ROW = ['account', 'request', 'first', 'last', 'frames', 'tokens'] as const;

function append(step: StepOf<'append'>, oracle: LedgerOracle): Call {
  const items = step.items.map((wish) => rowOfStream(wish.stream, wish, oracle, step.node));
  const sql = 'SELECT result, tail FROM ledger.append_batch($1, $2, $3, $4, $5, $6, $7) ORDER BY i';
  return { sql, values: [step.node, ...columns(items, ...ROW)], expected: oracle.append(step.node, items) };
}

function rowOfStream(stream: Stream, wish: RowWish, oracle: LedgerOracle, node: string) {
  const key = keyOf(stream, oracle, node);
  return { ...key, ...rowOf(wish, oracle.hold(key.account, key.request)) };
}

function rowOf({ ahead, length, text, tokens, isRepeat }: RowWish, hold: Hold | undefined) {
  const newest = hold?.log.at(-1);
  if (isRepeat && newest && !newest.isTerminal) return newest;
  const first = (newest?.last ?? 0) + ahead;
  const frames = Array.from({ length }, (_, n) => `{"seq":${first + n},"data":"${text}"}`).join('\n');
  return { first, last: first + length - 1, frames, tokens: (newest?.tokens ?? 0) + tokens };
}

const END = ['account', 'request', 'seq', 'frame', 'tokens', 'cost', 'outcome'] as const;

function finish(step: StepOf<'finish'>, oracle: LedgerOracle): Call {
  const items = step.items.map((wish) => endOf(wish, oracle, step.node));
  const sql = `SELECT result, charged, shortfall, balance, available, frame, tail
    FROM ledger.finish_batch($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY i`;
  return { sql, values: [step.node, ...columns(items, ...END)], expected: oracle.finish(step.node, items) };
}

/** Is what the two calls in turn are. */
function logAndFinish({ node, items: wishes }: StepOf<'log and finish'>, oracle: LedgerOracle): Call {
  const rows = wishes.flatMap(({ stream, row }) => (row ? [rowOfStream(stream, row, oracle, node)] : []));
  oracle.append(node, rows);
  const items = wishes.map((wish) => endOf(wish, oracle, node));
  const sql = `SELECT result, charged, shortfall, balance, available, frame, tail
    FROM ledger.log_and_finish_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ORDER BY i`;
  const values = [node, ...columns(items, ...END), ...columns(rows, ...ROW)];
  return { sql, values, expected: oracle.finish(node, items) };
}

function endOf({ stream, ahead, frame, tokens, cost: wish }: FinishWish, oracle: LedgerOracle, node: string) {
  const { account, request } = keyOf(stream, oracle, node);
  const tail = oracle.hold(account, request)?.log.at(-1)?.last ?? 0;
  const cost = amountOf(wish, oracle, account, request);
  return { account, request, frame, tokens, cost, seq: frame === null ? null : tail + ahead, outcome: '{}' };
}

function release({ node, items: wishes }: StepOf<'release'>, oracle: LedgerOracle): Call {
  const items = wishes.map(({ stream }) => keyOf(stream, oracle, node));
  const sql = 'SELECT result, available FROM ledger.release($1, $2, $3) ORDER BY i';
  return { sql, values: [node, ...columns(items, 'account', 'request')], expected: oracle.release(node, items) };
}

function takeOver({ node, items: wishes }: StepOf<'take over'>, oracle: LedgerOracle): Call {
  const items = wishes.map(({ stream, fingerprint }) => ({ ...keyOf(stream, oracle), fingerprint }));
  const sql = 'SELECT result, amount FROM ledger.take_over($1, $2, $3, $4, $5) ORDER BY i';
  const values = [node, ...columns(items, 'account', 'request', 'fingerprint'), HOUR_MS];
  return { sql, values, expected: oracle.takeOver(node, items) };
}

function read({ items: wishes }: StepOf<'read'>, oracle: LedgerOracle): Call {
  const items = wishes.map(({ stream, after }) => ({ ...keyOf(stream, oracle), after }));
  const sql = 'SELECT i, seq_first AS first, seq_last AS last, frames, terminal FROM ledger.read_log_many($1, $2, $3)';
  const expected = items.flatMap((item, index) =>
    oracle.read(item, item.after).map((row) => ({ i: index + 1, ...row })),
  );
  return { sql, values: columns(items, 'account', 'request', 'after'), expected };
}

function reap({ isFree, patienceMs }: StepOf<'reap'>, oracle: LedgerOracle): Call {
  const sql = `SELECT account_id AS account, request_id AS request, result, charged, shortfall, balance, seq, frame
    FROM ledger.reap($1, 200, $2, $3)`;
  return { sql, values: [REAP_TEMPLATE, isFree, patienceMs], expected: oracle.reap(isFree) };
}

function beat({ node }: StepOf<'beat'>, oracle: LedgerOracle): Call {
  const sql = 'SELECT lapsed FROM ledger.beat($1, $2)';
  return { sql, values: [node, HOUR_MS], expected: oracle.beat(node) };
}

function freeze(step: StepOf<'freeze' | 'unfreeze'>, oracle: LedgerOracle): Call {
  const isFrozen = step.do === 'freeze';
  const sql = `SELECT ${isFrozen ? `ledger.freeze($1, 'why')` : 'ledger.unfreeze($1)'} AS result`;
  return { sql, values: [step.account], expected: oracle.freeze(step.account, isFrozen) };
}

function abandon({ node, stream }: StepOf<'abandon'>, oracle: LedgerOracle): Call {
  const key = keyOf(stream, oracle, node);
  const sql = 'SELECT ledger.abandon($1, $2, $3) AS result';
  return { sql, values: [node, key.account, key.request], expected: oracle.abandon(node, key) };
}

function stop({ stream, why }: StepOf<'stop'>, oracle: LedgerOracle): Call {
  const key = keyOf(stream, oracle);
  const sql = 'SELECT ledger.request_stop($1, $2, $3) AS result';
  return { sql, values: [key.account, key.request, why], expected: oracle.requestStop(key, why) };
}

function letTheLeaseLapse({ node, isLongAgo }: StepOf<'let the lease lapse'>, oracle: LedgerOracle): Call {
  oracle.lapse(node, isLongAgo);
  const sql = `UPDATE ledger.node SET lease_until = now() - $2 * interval '1 s' WHERE id = $1`;
  return { sql, values: [node, isLongAgo ? 7_200 : 1], expected: [] };
}

function letTheHoldExpire({ stream }: StepOf<'let the hold expire'>, oracle: LedgerOracle): Call {
  const { account, request } = keyOf(stream, oracle);
  oracle.expire(account, request);
  const sql = `UPDATE ledger.hold SET expires_at = now() - interval '1 s'
    WHERE account_id = $1 AND request_id = $2 AND status = 'pending'`;
  return { sql, values: [account, request], expected: [] };
}

function keyOf(stream: Stream, oracle: LedgerOracle, node?: string): Key {
  if (!('running' in stream)) return stream;
  const running = oracle.sortedHolds().filter(({ status }) => status === 'pending');
  const ours = running.filter(({ owner }) => owner === node);
  const candidates = ours.length > 0 ? ours : running;
  const { account, request } = candidates[stream.running % candidates.length] ?? { account: 'user:a', request: 'ws:1' };
  return { account, request };
}

function amountOf(money: Money, oracle: LedgerOracle, account: string, request?: string): bigint {
  if ('exactly' in money) return money.exactly;
  if ('beyondAvailable' in money) return (oracle.available(account) ?? 0n) + money.beyondAvailable;
  return ((request === undefined ? undefined : oracle.hold(account, request)?.amount) ?? 0n) + money.beyondHold;
}

/** The parameters of a batch: one array for each field. */
function columns<T extends object>(items: T[], ...names: (keyof T)[]): unknown[][] {
  return names.map((name) => items.map((item) => item[name]));
}
