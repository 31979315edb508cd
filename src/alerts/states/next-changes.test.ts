import type { AlertName, AlertRule } from '../../config/gateway-config/alert-rules.js';
import { ALERT_RULES } from '../../config/gateway-config/alert-rules.js';
import type { Reading } from '../measures/reading.js';
import { isBad, nextChanges } from './next-changes.js';
import type { OpenAlert } from './open-alert.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const MINUTE_MS = 60_000;

function settings(rules: Partial<Record<AlertName, Partial<AlertRule>>>) {
  const all = Object.entries(rules).map(
    ([name, rule]) => [name, { ...ALERT_RULES[name as AlertName], ...rule }] as const,
  );
  return { rules: new Map(all as [AlertName, AlertRule][]), resolveAfterMs: MINUTE_MS, repeatMs: 60 * MINUTE_MS };
}
const at = (value: number, volume = 100, labels: Record<string, string> = {}): Reading => ({ labels, value, volume });
const readings = (name: AlertName, ...all: Reading[]) => new Map([[name, all]]);

function alert(changes: Partial<OpenAlert> = {}): OpenAlert {
  return {
    ...{
      id: '1',
      rule: 'RequestsFailing',
      labels: {},
      severity: 'critical',
      state: 'firing',
      summary: '',
      value: 1,
      threshold: 0,
    },
    ...{ beganAt: ago(5 * MINUTE_MS), wellSince: null, notifiedAt: ago(5 * MINUTE_MS) },
    ...changes,
  };
}
const RULE = settings({ RequestsFailing: {} });
const kinds = (...args: Parameters<typeof nextChanges>) => nextChanges(...args).map(({ kind }) => kind);

describe('when something is bad', () => {
  it.each([
    [0.05, 20, false],
    [0.0501, 20, true],
    [0.9, 19, false],
    [0, 1_000, false],
  ])('is: a share of %d of %d requests: %p', (value, volume, expected) => {
    expect(isBad(ALERT_RULES.RequestsFailing, at(value, volume))).toBe(expected);
  });
});

describe('a new alert', () => {
  it('is told at once, or waits where its rule says so', () => {
    expect(nextChanges(NOW, RULE, [], readings('RequestsFailing', at(0.2)))).toMatchObject([
      { kind: 'fire', facts: { rule: 'RequestsFailing', severity: 'critical', value: 0.2, threshold: 0.05 } },
    ]);
    const patient = settings({ RequestsFailing: { forMs: MINUTE_MS } });
    expect(kinds(NOW, patient, [], readings('RequestsFailing', at(0.2)))).toEqual(['begin']);
  });

  it('is one for each set of labels', () => {
    const measured = readings(
      'ProviderFailing',
      at(0.5, 50, { provider: 'a' }),
      at(0.4, 50, { provider: 'b' }),
      at(0, 50, { provider: 'c' }),
    );
    const open = [alert({ rule: 'ProviderFailing', labels: { provider: 'a' } })];
    expect(nextChanges(NOW, settings({ ProviderFailing: {} }), open, measured)).toMatchObject([
      { kind: 'refresh', facts: { labels: { provider: 'a' } } },
      { kind: 'fire', facts: { labels: { provider: 'b' } } },
    ]);
  });

  it('is none of a rule that is off', () => {
    expect(nextChanges(NOW, settings({}), [], readings('RequestsFailing', at(1)))).toEqual([]);
  });
});

describe('one that is pending', () => {
  const patient = settings({ RequestsFailing: { forMs: MINUTE_MS } });

  it('is told when it has been so for long enough', () => {
    const bad = readings('RequestsFailing', at(0.2));
    expect(kinds(NOW, patient, [alert({ state: 'pending', beganAt: ago(MINUTE_MS - 1) })], bad)).toEqual(['refresh']);
    expect(kinds(NOW, patient, [alert({ state: 'pending', beganAt: ago(MINUTE_MS) })], bad)).toEqual(['fire']);
  });

  it('is forgotten as soon as it is well', () => {
    expect(kinds(NOW, patient, [alert({ state: 'pending' })], readings('RequestsFailing', at(0)))).toEqual(['drop']);
  });
});

describe('one that is firing', () => {
  it('is told again after a time, and not before', () => {
    const bad = readings('RequestsFailing', at(0.2));
    expect(kinds(NOW, RULE, [alert({ notifiedAt: ago(60 * MINUTE_MS - 1) })], bad)).toEqual(['refresh']);
    expect(kinds(NOW, RULE, [alert({ notifiedAt: ago(60 * MINUTE_MS) })], bad)).toEqual(['repeat']);
  });

  it('is over when it has been well for a time, also where too little happens to say that it is not', () => {
    for (const well of [
      readings('RequestsFailing', at(0)),
      readings('RequestsFailing', at(1, 3)),
      readings('RequestsFailing'),
    ]) {
      expect(kinds(NOW, RULE, [alert()], well)).toEqual(['calm']);
      expect(kinds(NOW, RULE, [alert({ wellSince: ago(MINUTE_MS - 1) })], well)).toEqual([]);
      expect(kinds(NOW, RULE, [alert({ wellSince: ago(MINUTE_MS) })], well)).toEqual(['resolve']);
    }
  });

  it('stays as it is where nobody knows', () => {
    expect(nextChanges(NOW, RULE, [alert({ wellSince: ago(MINUTE_MS) })], new Map())).toEqual([]);
  });

  it('is over where its rule is off, or no rule any more', () => {
    expect(kinds(NOW, settings({}), [alert()], new Map())).toEqual(['resolve']);
    expect(kinds(NOW, RULE, [alert({ rule: 'OfAnotherVersion' })], readings('RequestsFailing', at(0)))).toEqual([
      'resolve',
    ]);
  });
});
