/** How much an alert matters: `critical` wakes somebody up, `warning` waits for the morning. */
export const SEVERITIES = ['warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** When an alert is raised: where what is measured is more than `threshold`, for `forMs`. */
export interface AlertRule {
  severity: Severity;
  /** How far back is looked; 0: at what is. The short window of a burn rate is a twelfth of it. */
  windowMs: number;
  /** With fewer requests, calls … in the window nothing is said. */
  minimumVolume: number;
  /** Shares are parts of 1, times are milliseconds, burn rates are multiples of what the objective allows. */
  threshold: number;
  /** How long it must have been so. */
  forMs: number;
  /** For people; `{…}` are what was measured and its labels. */
  summary: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Every alert and when it is raised, unless GATEWAY_CONFIG says otherwise. The first five are the specification's (FEAT-004,
 * "Alerting"), with windows and volumes of ours; the burn rates are those of the SRE workbook, chapter 5 ("Alerting on SLOs").
 * deploy/prometheus/rules.yaml says the same to a Prometheus, docs/runbooks.md what to do; tests hold them together.
 */
export const ALERT_RULES = {
  ProviderFailing: {
    ...{ severity: 'warning', windowMs: 5 * MINUTE_MS, minimumVolume: 20, threshold: 0.1, forMs: 0 },
    summary: '{share} of {volume} calls of the provider {provider} failed.',
  },
  ResponsesSlow: {
    ...{ severity: 'warning', windowMs: 5 * MINUTE_MS, minimumVolume: 20, threshold: 5_000, forMs: 0 },
    summary: 'One in twenty of {volume} requests waited {seconds} or longer for the first of its answer.',
  },
  RequestsFailing: {
    ...{ severity: 'critical', windowMs: 5 * MINUTE_MS, minimumVolume: 20, threshold: 0.05, forMs: 0 },
    summary: '{share} of {volume} requests failed by a fault of the gateway or its providers.',
  },
  QueueLong: {
    ...{ severity: 'warning', windowMs: 0, minimumVolume: 0, threshold: 1_000, forMs: MINUTE_MS },
    summary: '{count} wait in the queue {queue}.',
  },
  BreakerOpen: {
    ...{ severity: 'warning', windowMs: 5 * MINUTE_MS, minimumVolume: 0, threshold: 0, forMs: 0 },
    summary: 'The circuit breaker of {endpoint} opened: its requests go elsewhere.',
  },
  AvailabilityBurningFast: {
    ...{ severity: 'critical', windowMs: HOUR_MS, minimumVolume: 500, threshold: 14.4, forMs: 0 },
    summary: 'Requests fail {times} as often as the objective allows: 2 % of a month’s failures within an hour.',
  },
  AvailabilityBurningSlowly: {
    ...{ severity: 'warning', windowMs: 6 * HOUR_MS, minimumVolume: 500, threshold: 6, forMs: 0 },
    summary: 'Requests fail {times} as often as the objective allows: 5 % of a month’s failures within six hours.',
  },
  LedgerUnbalanced: {
    ...{ severity: 'critical', windowMs: 0, minimumVolume: 0, threshold: 0, forMs: 0 },
    summary: 'The ledger does not add up: the audit of {audit} found {count} rows.',
  },
  ChargesShort: {
    ...{ severity: 'warning', windowMs: HOUR_MS, minimumVolume: 0, threshold: 0, forMs: 0 },
    summary: '{count} requests cost more than could be charged.',
  },
  HoldsOverdue: {
    ...{ severity: 'critical', windowMs: 0, minimumVolume: 0, threshold: 0, forMs: MINUTE_MS },
    summary: '{count} holds are past their deadline, and nobody has ended them.',
  },
  TokensUnpriced: {
    ...{ severity: 'critical', windowMs: 6 * HOUR_MS, minimumVolume: 0, threshold: 0, forMs: 0 },
    summary: '{count} requests used tokens that no price is known of.',
  },
  TrailBroken: {
    ...{ severity: 'critical', windowMs: 0, minimumVolume: 0, threshold: 0, forMs: 0 },
    summary: 'The audit trail is not as it was sealed: {count} things do not fit.',
  },
  // An event is sealed some five seconds after it was committed; the sealers themselves complain after a minute.
  TrailUnsealed: {
    ...{ severity: 'warning', windowMs: 0, minimumVolume: 0, threshold: 300_000, forMs: 0 },
    summary: 'The audit trail has an event that is {minutes} old and not sealed.',
  },
  // It is verified every night; two hours are for one that takes long.
  TrailUnverified: {
    ...{ severity: 'warning', windowMs: 0, minimumVolume: 0, threshold: 26 * HOUR_MS, forMs: 0 },
    summary: 'The audit trail was verified last {hours} ago.',
  },
  VideosLate: {
    ...{ severity: 'warning', windowMs: HOUR_MS, minimumVolume: 0, threshold: 0, forMs: 0 },
    summary: '{count} standard videos could not be played in time.',
  },
} as const satisfies Record<string, AlertRule>;

export type AlertName = keyof typeof ALERT_RULES;
export const ALERT_NAMES = Object.keys(ALERT_RULES) as AlertName[];
