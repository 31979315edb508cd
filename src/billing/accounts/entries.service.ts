import { Inject, Injectable } from '@nestjs/common';
import type { MicroCredits } from '../../common/money/micro-credits.js';
import { LedgerPool } from '../../database/ledger-pool.js';
import type { StreamKey } from '../ledger/ledger-operations.js';
import { accountIdOf } from './account-id.js';

/** One line of an account's ledger; amounts in micro-credits. */
export interface LedgerEntry {
  /** 1, 2, 3 … per account, without gaps. */
  seq: bigint;
  kind: 'grant' | 'charge' | 'refund';
  amount: bigint;
  balanceAfter: bigint;
  /** What it belongs to: a request id for charges, the idempotency key for grants. */
  reference: string;
  reason: string | null;
  createdAt: Date;
}

export const LARGEST_PAGE = 200;

/** Reads the ledger's entries, newest first, by keyset: a page never shifts while new entries arrive. */
@Injectable()
export class EntriesService {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  /** At most `limit` entries with a seq below `before` (absent: the newest). */
  page(userId: string, limit: number, before?: bigint): Promise<LedgerEntry[]> {
    return this.pool.query<LedgerEntry>(
      'read_entries',
      `SELECT seq, kind, amount, balance_after AS "balanceAfter", substr(idem_key, strpos(idem_key, ':') + 1) AS reference,
              meta->>'reason' AS reason, created_at AS "createdAt"
       FROM ledger.entry WHERE account_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3`,
      [accountIdOf(userId), before ?? 9_223_372_036_854_775_807n, limit],
    );
  }

  /** The balance after a request was charged; undefined where it wasn't. */
  async balanceAfterCharge({ accountId, requestId }: StreamKey): Promise<MicroCredits | undefined> {
    const [row] = await this.pool.query<{ balanceAfter: MicroCredits }>(
      'read_charge',
      `SELECT balance_after AS "balanceAfter" FROM ledger.entry WHERE account_id = $1 AND idem_key = $2`,
      [accountId, `charge:${requestId}`],
    );
    return row?.balanceAfter;
  }
}
