import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';
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

const SELECT_REQUEST = `
  SELECT status, fingerprint, node_id AS owner, final_seq AS "finalSeq", terms, outcome, charged, amount, shortfall,
         created_at AS "createdAt", closed_at AS "closedAt",
         (extract(epoch FROM clock_timestamp() - closed_at) * 1000)::float8 AS "endedForMs"
  FROM ledger.hold WHERE account_id = $1 AND request_id = $2`;

/** Reads what the ledger keeps of streams: the log that replays and followers read from. */
@Injectable()
export class StreamLog {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  async find({ accountId, requestId }: StreamKey): Promise<StoredRequest | undefined> {
    const [row] = await this.pool.query<StoredRequest>('find_request', SELECT_REQUEST, [accountId, requestId]);
    return row;
  }

  /** Frames after `afterSeq`, and the terminal one in any case; a row may begin before `afterSeq`. */
  read({ accountId, requestId }: StreamKey, afterSeq: number): Promise<LoggedFrames[]> {
    return this.pool.query<LoggedFrames>(
      'read_log',
      `SELECT seq_first AS "firstSeq", seq_last AS "lastSeq", frames, terminal AS "isTerminal" FROM ledger.read_log($1, $2, $3)`,
      [accountId, requestId, afterSeq],
    );
  }

  /** The same for many streams in one query; `index` is the position in `keys`. */
  async readMany(keys: readonly (StreamKey & { afterSeq: number })[]): Promise<(LoggedFrames & { index: number })[]> {
    const rows = await this.pool.query<LoggedFrames & { position: number }>(
      'read_log_many',
      `SELECT i AS position, seq_first AS "firstSeq", seq_last AS "lastSeq", frames, terminal AS "isTerminal"
       FROM ledger.read_log_many($1, $2, $3)`,
      [keys.map((key) => key.accountId), keys.map((key) => key.requestId), keys.map((key) => key.afterSeq)],
    );
    return rows.map(({ position, ...frames }) => ({ ...frames, index: position - 1 }));
  }
}
