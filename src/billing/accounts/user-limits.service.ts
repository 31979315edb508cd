import { Inject, Injectable } from '@nestjs/common';
import type { MicroCredits } from '../../common/money/micro-credits.js';
import { LedgerPool } from '../../database/ledger-pool.js';
import { accountIdOf } from './account-id.js';

/** A user's own limits; null: the role's. */
export interface UserLimits {
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  /** Over all nodes together. */
  concurrentStreams: number | null;
  /** A day of UTC. */
  creditsPerDay: MicroCredits | null;
  creditsPerMonth: MicroCredits | null;
  videosPerDay: number | null;
}

/** What counts against limits, whoever's they are. */
export interface LimitUsage {
  /** Since the current minute began; 0 too where nothing of the user is limited by the minute. */
  requestsThisMinute: number;
  tokensThisMinute: number;
  /** Answers that run now. */
  concurrentStreams: number;
  /** Charged since midnight UTC, and since the first of the month. */
  creditsToday: MicroCredits;
  creditsThisMonth: MicroCredits;
  /** For what runs and for videos. */
  creditsHeld: MicroCredits;
  videosToday: number;
}

export const NO_LIMITS: UserLimits = {
  requestsPerMinute: null,
  tokensPerMinute: null,
  concurrentStreams: null,
  creditsPerDay: null,
  creditsPerMonth: null,
  videosPerDay: null,
};

const COLUMNS: Readonly<Record<keyof UserLimits, { column: string; type: 'int' | 'bigint' }>> = {
  requestsPerMinute: { column: 'requests_per_minute', type: 'int' },
  tokensPerMinute: { column: 'tokens_per_minute', type: 'int' },
  concurrentStreams: { column: 'concurrent_streams', type: 'int' },
  creditsPerDay: { column: 'credits_per_day', type: 'bigint' },
  creditsPerMonth: { column: 'credits_per_month', type: 'bigint' },
  videosPerDay: { column: 'videos_per_day', type: 'int' },
};
const FIELDS = Object.entries(COLUMNS);

const FIND = `SELECT ${FIELDS.map(([name, { column }]) => `${column} AS "${name}"`).join(', ')}
  FROM access.user_limit WHERE account_id = $1`;
/** One statement: of two administrators at once neither takes back what the other said of another limit. */
const SET = `INSERT INTO access.user_limit AS l (account_id, ${FIELDS.map(([, { column }]) => column).join(', ')})
  VALUES ($1, ${FIELDS.map(([name, { type }]) => `($2::jsonb->>'${name}')::${type}`).join(', ')})
  ON CONFLICT (account_id) DO UPDATE SET updated_at = clock_timestamp(), ${FIELDS.map(
    ([name, { column }]) => `${column} = CASE WHEN $2::jsonb ? '${name}' THEN excluded.${column} ELSE l.${column} END`,
  ).join(', ')}`;
/** Accounts without a limit are looked at the fast way. */
const CLEAR = `DELETE FROM access.user_limit WHERE account_id = $1
  AND num_nonnulls(${FIELDS.map(([, { column }]) => column).join(', ')}) = 0`;
const USAGE = `SELECT
    coalesce(m.requests, 0) AS "requestsThisMinute", coalesce(m.tokens, 0)::float8 AS "tokensThisMinute",
    (SELECT count(*) FROM ledger.hold h WHERE h.account_id = $1 AND h.status = 'pending'
      AND h.node_id NOT IN ('queue', 'videos'))::int AS "concurrentStreams",
    (SELECT coalesce(sum(s.charged), 0)::bigint FROM access.spent s WHERE s.account_id = $1 AND s.day = d.today) AS "creditsToday",
    (SELECT coalesce(sum(s.charged), 0)::bigint FROM access.spent s
      WHERE s.account_id = $1 AND s.day >= date_trunc('month', d.today::timestamp)::date) AS "creditsThisMonth",
    coalesce((SELECT a.held FROM ledger.account a WHERE a.id = $1), 0)::bigint AS "creditsHeld",
    access.videos_today($1)::int AS "videosToday"
  FROM (SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date AS today) d
  LEFT JOIN access.minute m ON m.account_id = $1 AND m.began_at > clock_timestamp() - interval '1 minute'`;

/** Limits of single users, which go before those of their roles; they hold from the next request on, on every node. */
@Injectable()
export class UserLimitsService {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  async find(userId: string): Promise<UserLimits> {
    const [row] = await this.pool.query<UserLimits>('user_limits', FIND, [accountIdOf(userId)]);
    return row ?? NO_LIMITS;
  }

  /** @param changes what is left out stays */
  async set(userId: string, changes: Partial<UserLimits>): Promise<void> {
    const account = accountIdOf(userId);
    const json = JSON.stringify(changes, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
    await this.pool.query('set_user_limits', SET, [account, json]);
    await this.pool.query('clear_user_limits', CLEAR, [account]);
  }

  async usage(userId: string): Promise<LimitUsage> {
    const [row] = await this.pool.query<LimitUsage>('limit_usage', USAGE, [accountIdOf(userId)]);
    return row!;
  }
}
