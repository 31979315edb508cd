import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';
import { GroupCommit } from './group-commit.js';
import type { StreamKey } from './ledger-operations.js';

/** Consecutive frames of one stream, as they were (or will be) sent. */
export interface LoggedFrames {
  firstSeq: number;
  lastSeq: number;
  /** Joined by a line feed. */
  frames: string;
  isTerminal: boolean;
}

/** What is stored about a request beside its frames. */
export interface StoredRequest {
  status: 'pending' | 'settled' | 'released';
  fingerprint: string;
  owner: string;
  /** Seq of the terminal frame; null: not there yet. */
  finalSeq: number | null;
  /** The age of the end by the database's clock, in milliseconds; null: not ended. */
  endedForMs: number | null;
  terms: Record<string, unknown>;
  outcome: Record<string, unknown> | null;
  charged: bigint | null;
  amount: bigint;
  shortfall: bigint;
  createdAt: Date;
  closedAt: Date | null;
}

const SELECT_REQUESTS = `
  SELECT u.n::int AS position, status, fingerprint, node_id AS owner, final_seq AS "finalSeq", terms, outcome, charged, amount, shortfall,
         created_at AS "createdAt", closed_at AS "closedAt",
         (extract(epoch FROM clock_timestamp() - closed_at) * 1000)::float8 AS "endedForMs"
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY u(a, r, n)
  JOIN ledger.hold ON account_id = u.a AND request_id = u.r`;

/** Sequence numbers are int4 in the ledger; a client may claim to have seen more. */
const LARGEST_SEQ = 2_147_483_646;
/** Reads wait for each other as commits do: a crowd that comes back takes one connection, not all of them. */
const READS = { maximumBatch: 64, retryForMs: 3_000 };

type ReadOperation = StreamKey & { afterSeq: number };

/** Reads what the ledger keeps of streams: the log that replays and followers read from. */
@Injectable()
export class StreamLog {
  private readonly finds = new GroupCommit<StreamKey, StoredRequest | undefined>((keys) => this.findMany(keys), READS);
  private readonly reads = new GroupCommit<ReadOperation, LoggedFrames[]>((keys) => this.readEach(keys), READS);

  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  find(key: StreamKey): Promise<StoredRequest | undefined> {
    return this.finds.submit(key);
  }

  /** Frames after `afterSeq`, and the terminal one in any case; a row may begin before `afterSeq`. */
  read(key: StreamKey, afterSeq: number): Promise<LoggedFrames[]> {
    return this.reads.submit({ ...key, afterSeq: Math.min(afterSeq, LARGEST_SEQ) });
  }

  /** The same for many streams in one query; `index` is the position in `keys`. */
  async readMany(keys: readonly (StreamKey & { afterSeq: number })[]): Promise<(LoggedFrames & { index: number })[]> {
    const rows = await this.pool.query<LoggedFrames & { position: number }>(
      'read_log_many',
      `SELECT i AS position, seq_first AS "firstSeq", seq_last AS "lastSeq", frames, terminal AS "isTerminal"
       FROM ledger.read_log_many($1, $2, $3)`,
      [
        keys.map((key) => key.accountId),
        keys.map((key) => key.requestId),
        keys.map((key) => Math.min(key.afterSeq, LARGEST_SEQ)),
      ],
    );
    return rows.map(({ position, ...frames }) => ({ ...frames, index: position - 1 }));
  }

  private async readEach(keys: readonly ReadOperation[]): Promise<LoggedFrames[][]> {
    const rows = await this.readMany(keys);
    return keys.map((_, index) => rows.filter((row) => row.index === index));
  }

  private async findMany(keys: readonly StreamKey[]): Promise<(StoredRequest | undefined)[]> {
    const rows = await this.pool.query<StoredRequest & { position: number }>('find_requests', SELECT_REQUESTS, [
      keys.map((key) => key.accountId),
      keys.map((key) => key.requestId),
    ]);
    const byPosition = new Map(rows.map((row) => [row.position, row]));
    return keys.map((_, index) => byPosition.get(index + 1));
  }
}
