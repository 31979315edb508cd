import type { AlertRule } from '../../config/gateway-config/alert-rules.js';
import type { AlertSettings } from '../../config/gateway-config/alert-settings.js';
import type { Reading, Readings } from '../measures/reading.js';
import { keyOfAlert, type AlertChange, type AlertFacts, type OpenAlert } from './open-alert.js';
import { summaryOf } from './summary.js';

type Times = Pick<AlertSettings, 'resolveAfterMs' | 'repeatMs'>;

/** Whether a rule's limit is passed. */
export function isBad({ threshold, minimumVolume }: AlertRule, { value, volume }: Reading): boolean {
  return volume >= minimumVolume && value > threshold;
}

/**
 * What becomes of the alerts that are open, and which new ones there are, by what was measured. Nothing becomes of an
 * alert whose rule could not be measured; one whose rule is off is over. Pure.
 * @param now by the database's clock, as the alerts' own times
 */
export function nextChanges(
  now: Date,
  settings: Pick<AlertSettings, 'rules'> & Times,
  open: readonly OpenAlert[],
  readings: Readings,
): AlertChange[] {
  const bad = new Map<string, { rule: AlertRule; facts: AlertFacts }>();
  for (const [name, measured] of readings) {
    const rule = settings.rules.get(name);
    if (!rule) continue;
    for (const reading of measured) {
      if (!isBad(rule, reading)) continue;
      const { severity, threshold } = rule;
      const { labels, value } = reading;
      const facts = { rule: name, labels, severity, threshold, value, summary: summaryOf(rule.summary, reading) };
      bad.set(keyOfAlert(name, labels), { rule, facts });
    }
  }
  const known = new Set(open.map(({ rule, labels }) => keyOfAlert(rule, labels)));
  const ofOpen = open.flatMap((alert) => {
    const still = bad.get(keyOfAlert(alert.rule, alert.labels));
    if (still) return whileBad(now, settings, alert, still.rule, still.facts);
    const isOff = !(settings.rules as ReadonlyMap<string, AlertRule>).has(alert.rule);
    const isMeasured = (readings as ReadonlyMap<string, unknown>).has(alert.rule);
    return isOff || isMeasured ? whileWell(now, isOff ? 0 : settings.resolveAfterMs, alert) : [];
  });
  const ofNew = [...bad]
    .filter(([key]) => !known.has(key))
    .map(([, { rule, facts }]): AlertChange => ({ kind: rule.forMs === 0 ? 'fire' : 'begin', facts }));
  return [...ofOpen, ...ofNew];
}

function whileBad(now: Date, { repeatMs }: Times, alert: OpenAlert, rule: AlertRule, facts: AlertFacts): AlertChange {
  if (alert.state === 'pending')
    return { kind: since(now, alert.beganAt) >= rule.forMs ? 'fire' : 'refresh', alert, facts };
  return { kind: alert.notifiedAt && since(now, alert.notifiedAt) >= repeatMs ? 'repeat' : 'refresh', alert, facts };
}

function whileWell(now: Date, resolveAfterMs: number, alert: OpenAlert): AlertChange[] {
  if (alert.state === 'pending') return [{ kind: 'drop', alert }];
  if (since(now, alert.wellSince ?? now) >= resolveAfterMs) return [{ kind: 'resolve', alert }];
  return alert.wellSince ? [] : [{ kind: 'calm', alert }];
}

function since(now: Date, then: Date): number {
  return now.getTime() - then.getTime();
}
