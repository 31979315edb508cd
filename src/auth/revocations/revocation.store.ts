import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';
import { KEPT_AFTER_EXPIRY_MS, type RevokedName } from './revoked-names.js';

/** A revocation as it is stored. */
export interface Revocation {
  /** `user:<sub>` or `token:<jti>`. */
  name: string;
  reason: string | null;
  /** Microseconds since 1970, as decimal text. */
  revokedAtUs: string;
  /** null: never. */
  expiresAt: Date | null;
}

/** A place in the list of revocations, which has the newest first. */
export type RevocationPlace = Pick<Revocation, 'name' | 'revokedAtUs'>;

const NAMES = `SELECT name, (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAtMs" FROM access.revocation`;
const COLUMNS = `name, reason, (extract(epoch FROM revoked_at) * 1000000)::int8::text AS "revokedAtUs",
  nullif(expires_at, 'infinity') AS "expiresAt"`;
const ADD = `INSERT INTO access.revocation (name, reason, expires_at) VALUES ($1, $2, coalesce($3::timestamptz, 'infinity'))
  ON CONFLICT (name) DO UPDATE SET reason = excluded.reason, expires_at = excluded.expires_at, revoked_at = clock_timestamp()
  RETURNING ${COLUMNS}`;
const SWEEP = `DELETE FROM access.revocation WHERE expires_at < clock_timestamp() - interval '${KEPT_AFTER_EXPIRY_MS} ms'`;
const PAGE = `SELECT ${COLUMNS} FROM access.revocation
  WHERE $2::int8 IS NULL OR (revoked_at, name) < ('epoch'::timestamptz + $2::int8 * interval '1 microsecond', $3 COLLATE "C")
  ORDER BY revoked_at DESC, name DESC LIMIT $1`;
/** Whoever writes them finds the wish with their holds. Who was let in again meanwhile is left alone. */
const STOP = `SELECT ledger.request_stop(h.account_id, h.request_id, 'cancelled') FROM ledger.hold h
  WHERE h.account_id = ANY ($1) AND h.status = 'pending' AND h.stop_why IS NULL AND h.node_id <> 'videos'
    AND EXISTS (SELECT FROM access.revocation r WHERE r.name = h.account_id)
  ORDER BY h.account_id, h.request_id`;

/** Revocations in the database, where holds look at them (access.hold_batch). */
@Injectable()
export class RevocationStore {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  all(): Promise<RevokedName[]> {
    return this.pool.query<RevokedName>('revocations', NAMES);
  }

  /** What was revoked within the last so many milliseconds. */
  recent(withinMs: number): Promise<RevokedName[]> {
    const since = `${NAMES} WHERE revoked_at > clock_timestamp() - $1 * interval '1 ms'`;
    return this.pool.query<RevokedName>('revocations_since', since, [withinMs]);
  }

  async find(name: string): Promise<RevokedName | undefined> {
    const [row] = await this.pool.query<RevokedName>('revocation', `${NAMES} WHERE name = $1`, [name]);
    return row;
  }

  /** Those of tokens that have expired are forgotten on the way. */
  async count(): Promise<number> {
    await this.pool.query('sweep_revocations', SWEEP);
    const counted = 'SELECT count(*)::int AS count FROM access.revocation';
    const [row] = await this.pool.query<{ count: number }>('count_revocations', counted);
    return row!.count;
  }

  /** A second one of the same name takes the place of the first. */
  async add(name: string, reason: string, expiresAt: Date | undefined): Promise<Revocation> {
    const [row] = await this.pool.query<Revocation>('add_revocation', ADD, [name, reason, expiresAt ?? null]);
    return row!;
  }

  /** @returns what was there */
  async remove(name: string): Promise<Revocation | undefined> {
    const removed = `DELETE FROM access.revocation WHERE name = $1 RETURNING ${COLUMNS}`;
    const [row] = await this.pool.query<Revocation>('remove_revocation', removed, [name]);
    return row;
  }

  /** The newest first. @param after the last one of the page before */
  page(limit: number, after?: RevocationPlace): Promise<Revocation[]> {
    return this.pool.query<Revocation>('revocations_page', PAGE, [
      limit,
      after?.revokedAtUs ?? null,
      after?.name ?? '',
    ]);
  }

  /** Asks all that is being answered to these accounts to stop; they are charged for what was delivered. Videos go on. */
  async stopAnswers(accountIds: readonly string[]): Promise<void> {
    await this.pool.query('stop_revoked', STOP, [accountIds]);
  }
}
