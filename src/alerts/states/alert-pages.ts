import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';
import type { Severity } from '../../config/gateway-config/alert-rules.js';
import type { AlertLabels } from '../measures/reading.js';

/** Which alerts are asked for. */
export const ALERT_STATES = ['open', 'resolved', 'all'] as const;
export type AlertStates = (typeof ALERT_STATES)[number];

/** What a webhook was told of an alert, or is to be told. */
export interface NotificationRecord {
  webhook: string;
  kind: 'fired' | 'repeated' | 'resolved';
  attempts: number;
  createdAt: string;
  deliveredAt: string | null;
  givenUpAt: string | null;
  /** Of the next attempt. */
  dueAt: string | null;
  error: string | null;
}

/** An alert as it is kept. */
export interface AlertRecord {
  id: bigint;
  rule: string;
  labels: AlertLabels;
  severity: Severity;
  state: 'pending' | 'firing' | 'resolved';
  summary: string;
  value: number;
  threshold: number;
  beganAt: Date;
  firedAt: Date | null;
  resolvedAt: Date | null;
  notifications: NotificationRecord[];
}

/** The newest notifications of an alert that repeats for weeks. */
const MOST_NOTIFICATIONS = 40;

const utc = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const PAGE = `
  SELECT a.id, a.rule, a.labels, a.severity, a.state, a.summary, a.value, a.threshold, a.began_at AS "beganAt", a.fired_at AS "firedAt",
    a.resolved_at AS "resolvedAt", coalesce(n.list, '[]') AS notifications
  FROM alerting.alert a LEFT JOIN LATERAL (
    SELECT json_agg(json_build_object('webhook', l.webhook, 'kind', l.kind, 'attempts', l.attempts, 'createdAt', ${utc('l.created_at')},
      'deliveredAt', ${utc('l.delivered_at')}, 'givenUpAt', ${utc('l.given_up_at')},
      'dueAt', CASE WHEN l.delivered_at IS NULL AND l.given_up_at IS NULL THEN ${utc('l.due_at')} END, 'error', l.error) ORDER BY l.id) AS list
    FROM (SELECT * FROM alerting.notification x WHERE x.alert_id = a.id ORDER BY x.id DESC LIMIT ${MOST_NOTIFICATIONS}) l) n ON true
  WHERE a.id < $1 AND ($2 = 'all' OR ($2 = 'resolved') = (a.state = 'resolved'))
  ORDER BY a.id DESC LIMIT $3`;

const FIRING = `SELECT rule, severity, count(*)::int AS count FROM alerting.alert WHERE state = 'firing' GROUP BY rule, severity`;

/** Behind the newest. */
const TOP = 9_223_372_036_854_775_807n;

/** Alerts, newest first. */
@Injectable()
export class AlertPages {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  /** How many are firing, by rule. */
  firing(): Promise<{ rule: string; severity: Severity; count: number }[]> {
    return this.pool.query('alerts_firing', FIRING);
  }

  /** @param before only those with smaller ids; absent: from the newest on */
  page(states: AlertStates, limit: number, before = TOP): Promise<AlertRecord[]> {
    return this.pool.query<AlertRecord>('alert_pages', PAGE, [before, states, limit]);
  }
}
