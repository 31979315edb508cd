import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';

/** Whoever has claimed one has it so long: longer than an attempt takes. */
const CLAIM_MS = 30_000;
const MOST_AT_ONCE = 200;

/** Not over, and the first of its alert's that this webhook has not been told. */
const IS_NEXT = `n.delivered_at IS NULL AND n.given_up_at IS NULL AND NOT EXISTS (
  SELECT FROM alerting.notification earlier WHERE earlier.alert_id = n.alert_id AND earlier.webhook = n.webhook AND earlier.change < n.change
    AND earlier.delivered_at IS NULL AND earlier.given_up_at IS NULL)`;

const CLAIM = `
  UPDATE alerting.notification n SET attempts = n.attempts + 1, due_at = clock_timestamp() + $2 * interval '1 ms'
  WHERE n.id = $1 AND n.due_at <= clock_timestamp() AND ${IS_NEXT}
  RETURNING n.id, n.alert_id AS "alertId", n.webhook, n.message_id AS "messageId", n.body, n.attempts,
    (extract(epoch FROM clock_timestamp() - n.created_at) * 1000)::float8 AS "ageMs"`;

/** What another attempt did counts as well. */
const DELIVERED =
  'UPDATE alerting.notification SET delivered_at = coalesce(delivered_at, clock_timestamp()), error = NULL WHERE id = $1';
const RETRY = `UPDATE alerting.notification SET due_at = clock_timestamp() + $3 * interval '1 ms', error = $2
  WHERE id = $1 AND delivered_at IS NULL`;
const GIVE_UP =
  'UPDATE alerting.notification SET given_up_at = clock_timestamp(), error = $2 WHERE id = $1 AND delivered_at IS NULL';

const DUE = `
  SELECT n.id, n.attempts FROM alerting.notification n WHERE n.due_at <= clock_timestamp() AND ${IS_NEXT} ORDER BY n.id LIMIT ${MOST_AT_ONCE}`;

const NEXT = `
  SELECT n.id, n.attempts FROM alerting.notification n WHERE n.alert_id = $1 AND n.webhook = $2 AND ${IS_NEXT}`;

/** A notification that this process has to send now. */
export interface ClaimedNotification {
  id: bigint;
  alertId: bigint;
  webhook: string;
  messageId: string;
  body: string;
  /** This one included. */
  attempts: number;
  ageMs: number;
}

/** One that may be claimed. */
export interface DueNotification {
  id: bigint;
  attempts: number;
}

/** What webhooks are to be told, and what became of it. */
@Injectable()
export class NotificationsStore {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  /** Takes one for an attempt; undefined where it is over, not due, another process has it, or an earlier one is to go first. */
  async claim(id: string): Promise<ClaimedNotification | undefined> {
    const [row] = await this.pool.query<ClaimedNotification>('notification_claim', CLAIM, [id, CLAIM_MS]);
    return row;
  }

  async delivered(id: bigint): Promise<void> {
    await this.pool.query('notification_delivered', DELIVERED, [id]);
  }

  async retry(id: bigint, error: string, afterMs: number): Promise<void> {
    await this.pool.query('notification_retry', RETRY, [id, error, afterMs]);
  }

  async giveUp(id: bigint, error: string): Promise<void> {
    await this.pool.query('notification_give_up', GIVE_UP, [id, error]);
  }

  /** Those whose time has come, the oldest first. */
  due(): Promise<DueNotification[]> {
    return this.pool.query<DueNotification>('notification_due', DUE);
  }

  /** The next one for a webhook of an alert. */
  next({ alertId, webhook }: Pick<ClaimedNotification, 'alertId' | 'webhook'>): Promise<DueNotification[]> {
    return this.pool.query<DueNotification>('notification_next', NEXT, [alertId, webhook]);
  }
}
