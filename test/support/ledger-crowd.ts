import { randomUUID } from 'node:crypto';
import type { LedgerPool } from '../../src/database/ledger-pool.js';

/** A hot account that a third of everything is about, and others. */
export const HOT = 'user:hot';
export const OTHERS = 60;
const STREAMS = 400;
const FRAME = '{"cr":\x01,"bal":\x02}';

export interface Stream {
  account: string;
  request: string;
  /** What its owner believes; perhaps wrong, as a node's belief may be. */
  owner: string;
  tail: number;
}

/** What all members together were told, to be held against the tables. */
export class Told {
  /** Micro-credits by `account request`. */
  readonly charges = new Map<string, bigint>();
  /** Who was told that it had closed a stream. */
  private readonly closed = new Set<string>();
  granted = 0n;
  /** What must never be said: a stream closed twice, a charge told differently. */
  readonly contradictions: string[] = [];

  /** @param isFirst it was this call that closed the stream; whoever hears of a duplicate may hear of it before */
  charge({ account, request }: { account: string; request: string }, charged: bigint, isFirst: boolean): void {
    const key = `${account} ${request}`;
    const known = this.charges.get(key);
    if (isFirst && this.closed.has(key)) this.contradictions.push(`${key} was closed twice`);
    if (known !== undefined && known !== charged) this.contradictions.push(`${key} cost ${known} and ${charged}`);
    this.charges.set(key, charged);
    if (isFirst) this.closed.add(key);
  }
}

/**
 * One of many who use the ledger at once: batches in no order, with repeats in them, about accounts that everybody uses.
 * It judges nothing but what it is told of charges.
 */
export class CrowdMember {
  readonly node = `node-${randomUUID()}`;

  constructor(
    private readonly pool: LedgerPool,
    private readonly streams: Stream[],
    private readonly told: Told,
  ) {}

  async run(untilMs: number): Promise<void> {
    await this.beat();
    while (performance.now() < untilMs) {
      const [act] = pick(this.acts);
      await act().catch((error: unknown) => {
        throw new Error(detailOf(error), { cause: error });
      });
    }
  }

  private readonly acts: [() => Promise<unknown>][] = [
    ...times(6, () => this.hold()),
    ...times(6, () => this.append()),
    ...times(3, () => this.finish()),
    ...times(3, () => this.logAndFinish()),
    ...times(2, () => this.grow()),
    ...times(2, () => this.grant()),
    ...times(1, () => this.release()),
    ...times(1, () => this.takeOver()),
    ...times(1, () => this.freeze()),
    ...times(1, () => this.stop()),
    ...times(1, () => this.beat()),
    ...times(1, () => this.reap()),
    ...times(1, () => this.read()),
  ];

  private async hold(): Promise<void> {
    const wishes = some(16, () => ({ account: anyAccount(), request: `ws:${randomUUID()}` }));
    if (wishes.length > 2) wishes.push(wishes[0]!);
    const rows = await this.ask<{ result: string }>('hold_batch', 'result', wishes, [
      wishes.map(() => 'f'),
      wishes.map(() => BigInt(below(2_000))),
      wishes.map(() => (below(20) === 0 ? 1 : 60_000)),
      wishes.map(() => '{"promptTokens":3,"reap":{"prompt":10,"token":2}}'),
    ]);
    rows.forEach(({ result }, index) => {
      if (result !== 'held') return;
      this.streams.push({ ...wishes[index]!, owner: this.node, tail: 0 });
      if (this.streams.length > STREAMS) this.streams.splice(below(STREAMS), 1);
    });
  }

  private async append(): Promise<void> {
    const streams = this.anyStreams();
    const rows = await this.ask<{ result: string; tail: number }>('append_batch', 'result, tail', streams, [
      streams.map(({ tail }) => tail + 1),
      streams.map(({ tail }) => tail + 2),
      streams.map(({ tail }) => `{"seq":${tail + 1}}\n{"seq":${tail + 2}}`),
      streams.map(({ tail }) => tail + 2),
    ]);
    rows.forEach(({ result, tail }, index) => result !== 'busy' && (streams[index]!.tail = tail));
  }

  private async finish(): Promise<void> {
    const streams = this.anyStreams();
    const ends = endsOf(streams, 1);
    this.noteEnds(streams, await this.ask<Finished>('finish_batch', 'result, charged, tail', streams, ends));
  }

  private async logAndFinish(): Promise<void> {
    const streams = this.anyStreams();
    const rows = [
      ...[streams.map(({ account }) => account), streams.map(({ request }) => request)],
      ...[streams.map(({ tail }) => tail + 1), streams.map(({ tail }) => tail + 1)],
      ...[streams.map(({ tail }) => `{"seq":${tail + 1}}`), streams.map(({ tail }) => tail + 1)],
    ];
    const values = [...endsOf(streams, 2), ...rows];
    this.noteEnds(streams, await this.ask<Finished>('log_and_finish_batch', 'result, charged, tail', streams, values));
  }

  private noteEnds(streams: readonly Stream[], rows: readonly Finished[]): void {
    rows.forEach(({ result, charged, tail }, index) => {
      const stream = streams[index]!;
      if (result === 'gap' || result === 'conflict') stream.tail = tail;
      else this.forget(stream);
      if (result === 'settled' || result === 'released') this.told.charge(stream, charged, true);
      if (result === 'duplicate') this.told.charge(stream, charged, false);
    });
  }

  private async grow(): Promise<void> {
    const streams = this.anyStreams();
    await this.ask('grow_hold', 'result', streams, [streams.map(() => BigInt(below(4_000)))]);
  }

  private async release(): Promise<void> {
    const streams = this.anyStreams();
    const rows = await this.ask<{ result: string }>('release', 'result', streams, []);
    rows.forEach(({ result }, index) => result === 'released' && this.told.charge(streams[index]!, 0n, true));
  }

  private async takeOver(): Promise<void> {
    const streams = this.anyStreams();
    const rows = await this.ask<{ result: string }>('take_over', 'result', streams, [streams.map(() => 'f'), 60_000]);
    rows.forEach(({ result }, index) => result === 'taken' && (streams[index]!.owner = this.node));
  }

  /** Now and then to an account that is new. */
  private async grant(): Promise<void> {
    const accounts = some(4, () => (below(5) === 0 ? `user:${randomUUID()}` : anyAccount()));
    const amounts = accounts.map(() => BigInt(1 + below(20_000)));
    const rows = await this.pool.query<{ result: string }>(
      'grant',
      'SELECT result FROM ledger.grant_credits($1, $2, $3) ORDER BY i',
      [accounts, accounts.map(() => randomUUID()), amounts],
    );
    rows.forEach(({ result }, index) => result === 'granted' && (this.told.granted += amounts[index]!));
  }

  private async freeze(): Promise<void> {
    const account = anyAccount();
    await this.pool.query('freeze', `SELECT ledger.freeze($1, 'why')`, [account]);
    await this.pool.query('unfreeze', `SELECT ledger.unfreeze($1)`, [account]);
  }

  private async stop(): Promise<void> {
    const [stream] = this.anyStreams();
    const values = [stream?.account ?? HOT, stream?.request ?? 'none'];
    await this.pool.query('stop', `SELECT ledger.request_stop($1, $2, 'cancelled')`, values);
  }

  /** Short: it lapses when this member is busy, and others may reap what it has or take it over. */
  private async beat(): Promise<void> {
    await this.pool.query('beat', 'SELECT * FROM ledger.beat($1, 150)', [this.node]);
  }

  private async reap(): Promise<void> {
    type Reaped = { account: string; request: string; result: string; charged: bigint };
    const rows = await this.pool.query<Reaped>(
      'reap',
      `SELECT account_id AS account, request_id AS request, result, charged FROM ledger.reap($1, 50, false, $2)`,
      [FRAME, below(2) * 1_000],
    );
    for (const row of rows) {
      if (row.result === 'settled' || row.result === 'released') this.told.charge(row, row.charged, true);
      else this.told.contradictions.push(`${row.account} ${row.request} was not reaped: ${row.result}`);
    }
  }

  private async read(): Promise<void> {
    const streams = this.anyStreams();
    const values = [streams.map(({ account }) => account), streams.map(({ request }) => request), streams.map(() => 1)];
    await this.pool.query('read', 'SELECT * FROM ledger.read_log_many($1, $2, $3)', values);
  }

  private anyStreams(): Stream[] {
    const mine = this.streams.filter(({ owner }) => owner === this.node || below(20) === 0);
    return some(16, () => pick(mine.length > 0 ? mine : this.streams)).filter(Boolean);
  }

  private forget(stream: Stream): void {
    const index = this.streams.indexOf(stream);
    if (index >= 0 && below(4) > 0) this.streams.splice(index, 1); // some are tried again
  }

  /** Calls a function of (node, accounts, requests, …). */
  private ask<T extends object>(
    name: string,
    columns: string,
    of: Pick<Stream, 'account' | 'request'>[],
    rest: unknown[],
  ) {
    const values = [this.node, of.map(({ account }) => account), of.map(({ request }) => request), ...rest];
    const parameters = values.map((_, index) => `$${index + 1}`).join(', ');
    return this.pool.query<T>(name, `SELECT ${columns} FROM ledger.${name}(${parameters}) ORDER BY i`, values);
  }
}

interface Finished {
  result: string;
  charged: bigint;
  tail: number;
}

/** @param ahead of the log's end, as their owner believes it to be */
function endsOf(streams: readonly Stream[], ahead: number): unknown[][] {
  return [
    streams.map(({ tail }) => tail + ahead),
    streams.map(() => FRAME),
    streams.map(() => 1),
    streams.map(() => BigInt(below(2_500))),
    streams.map(() => '{}'),
  ];
}

/** With where in which function it happened, and who waited for whom. */
function detailOf(error: unknown): string {
  const { message, detail, where } = error as { message: string; detail?: string; where?: string };
  return [message, detail, where].filter(Boolean).join('\n');
}

const below = (limit: number): number => Math.floor(Math.random() * limit);
const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
const some = <T>(most: number, make: () => T): T[] => Array.from({ length: 1 + below(most) }, make);
const times = (many: number, act: () => Promise<unknown>): [() => Promise<unknown>][] =>
  Array.from({ length: many }, () => [act]);
const anyAccount = (): string => (below(3) === 0 ? HOT : `user:${below(OTHERS)}`);
