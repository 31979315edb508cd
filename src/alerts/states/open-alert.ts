import type { AlertName, Severity } from '../../config/gateway-config/alert-rules.js';
import type { AlertLabels } from '../measures/reading.js';

/** An alert that is not resolved. */
export interface OpenAlert {
  id: string;
  /** May be one that there is no rule of any more. */
  rule: string;
  labels: AlertLabels;
  severity: Severity;
  state: 'pending' | 'firing';
  summary: string;
  value: number;
  threshold: number;
  beganAt: Date;
  /** Firing, and well again since then. */
  wellSince: Date | null;
  notifiedAt: Date | null;
}

/** What an alert is by the latest reading. */
export interface AlertFacts {
  rule: AlertName;
  labels: AlertLabels;
  severity: Severity;
  summary: string;
  value: number;
  threshold: number;
}

/** What becomes of alerts. */
export type AlertChange =
  /** It is so, though not for long enough yet. */
  | { kind: 'begin'; facts: AlertFacts }
  /** Whoever is to know is told. `alert` absent: it was not even pending. */
  | { kind: 'fire'; alert?: OpenAlert; facts: AlertFacts }
  /** It is still so. */
  | { kind: 'refresh'; alert: OpenAlert; facts: AlertFacts }
  /** It is still so, and it is long ago that anybody was told. */
  | { kind: 'repeat'; alert: OpenAlert; facts: AlertFacts }
  /** It is well, though not for long enough yet. */
  | { kind: 'calm'; alert: OpenAlert }
  /** It is over, and whoever was told is told. */
  | { kind: 'resolve'; alert: OpenAlert }
  /** It was never told, and is over. */
  | { kind: 'drop'; alert: OpenAlert };

/** One alert for each rule and set of labels. */
export function keyOfAlert(rule: string, labels: AlertLabels): string {
  const inOrder = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([rule, inOrder]);
}
