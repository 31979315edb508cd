import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { NotificationOrder } from '../delivery/notification-order.js';
import type { AlertFacts, OpenAlert } from './open-alert.js';

/** One evaluates at a time, whatever the process is. */
const LOCK = `SELECT pg_try_advisory_xact_lock(hashtextextended('alerting.evaluate', 0)) AS "isOurs", clock_timestamp() AS now`;

const OPEN = `
  SELECT id::text AS id, rule, labels, severity, state, summary, value, threshold, began_at AS "beganAt", well_since AS "wellSince",
    notified_at AS "notifiedAt"
  FROM alerting.alert WHERE state <> 'resolved' ORDER BY id`;

const BEGIN = `
  INSERT INTO alerting.alert (rule, labels, severity, state, summary, value, threshold, began_at) VALUES ($1, $2, $3, 'pending', $4, $5, $6, $7)
  RETURNING id::text AS id`;

const REFRESH = `UPDATE alerting.alert SET severity = $2, summary = $3, value = $4, threshold = $5, well_since = NULL WHERE id = $1`;
const CALM = 'UPDATE alerting.alert SET well_since = $2 WHERE id = $1';
const DROP = 'DELETE FROM alerting.alert WHERE id = $1';

/** Who is told is told of the row as it is then: firing or resolved. */
const FIRE = `UPDATE alerting.alert SET state = 'firing', fired_at = $2, notified_at = $2, changes = changes + 1 WHERE id = $1`;
const REPEAT = `UPDATE alerting.alert SET notified_at = $2, changes = changes + 1 WHERE id = $1`;
const RESOLVE = `UPDATE alerting.alert SET state = 'resolved', resolved_at = $2, notified_at = $2, changes = changes + 1 WHERE id = $1`;
const CHANGED = {
  fired: FIRE,
  repeated: REPEAT,
  resolved: RESOLVE,
} as const;
export type NotificationKind = keyof typeof CHANGED;

const RETURNING = ` RETURNING id::text AS id, rule, labels, severity, state, summary, value, threshold, began_at AS "beganAt",
  fired_at AS "firedAt", resolved_at AS "resolvedAt", changes`;

/** An alert at the moment that somebody is told of it. */
export interface ToldAlert extends Omit<OpenAlert, 'state' | 'wellSince' | 'notifiedAt'> {
  state: 'firing' | 'resolved';
  firedAt: Date;
  resolvedAt: Date | null;
  /** 1, 2, 3 … */
  changes: number;
}

const NOTIFY = `
  INSERT INTO alerting.notification (alert_id, change, kind, webhook, body) VALUES ($1, $2, $3, $4, $5) RETURNING id::text AS id`;

/** Resolved ones are kept for so long, and what was told of them. */
const KEEP_DAYS = 90;
const FORGET = `DELETE FROM alerting.alert WHERE state = 'resolved' AND resolved_at < clock_timestamp() - $1 * interval '1 day'`;

/** The alerts in one transaction, which nobody else evaluates in. */
export class AlertsTransaction {
  constructor(
    private readonly manager: EntityManager,
    /** By the database's clock. */
    readonly now: Date,
  ) {}

  open(): Promise<OpenAlert[]> {
    return this.manager.query<OpenAlert[]>(OPEN);
  }

  /** @returns the new alert's id */
  async begin(facts: AlertFacts): Promise<string> {
    const { rule, labels, severity, summary, value, threshold } = facts;
    const [row] = await this.manager.query<{ id: string }[]>(BEGIN, [
      ...[rule, JSON.stringify(labels), severity, summary],
      ...[value, threshold, this.now],
    ]);
    return row!.id;
  }

  async refresh(id: string, { severity, summary, value, threshold }: AlertFacts): Promise<void> {
    await this.manager.query(REFRESH, [id, severity, summary, value, threshold]);
  }

  async calm(id: string): Promise<void> {
    await this.manager.query(CALM, [id, this.now]);
  }

  async drop(id: string): Promise<void> {
    await this.manager.query(DROP, [id]);
  }

  /** Changes it to what is told. */
  async change(id: string, kind: NotificationKind): Promise<ToldAlert> {
    const rows = await this.manager.query<[ToldAlert[], number]>(CHANGED[kind] + RETURNING, [id, this.now]);
    return rows[0][0]!;
  }

  /** Writes down what a webhook is to be told. @returns the notification's id */
  async notify({ alertId, change, kind, webhook, body }: NotificationOrder): Promise<string> {
    const [row] = await this.manager.query<{ id: string }[]>(NOTIFY, [alertId, change, kind, webhook, body]);
    return row!.id;
  }

  async forget(): Promise<void> {
    await this.manager.query(FORGET, [KEEP_DAYS]);
  }
}

/** Where alerts are kept. */
@Injectable()
export class AlertsStore {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Undefined where another process evaluates. Either all that `work` did is done, or nothing. */
  alone<T>(work: (transaction: AlertsTransaction) => Promise<T>): Promise<T | undefined> {
    return this.dataSource.transaction(async (manager) => {
      const [lock] = await manager.query<{ isOurs: boolean; now: Date }[]>(LOCK);
      return lock!.isOurs ? work(new AlertsTransaction(manager, lock!.now)) : undefined;
    });
  }
}
