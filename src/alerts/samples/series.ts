/** What nodes count. Counters: how often since the slot before. */
export const COUNTERS = {
  /** By provider: calls that ended, but for those that were cancelled. */
  calls: 'provider.calls',
  /** By provider: calls that failed by its fault. */
  failedCalls: 'provider.failures',
  /** Requests that ended or were refused, where that was not the client's fault or wish. */
  requests: 'requests',
  /** Of them, those that failed. */
  failedRequests: 'requests.failed',
  /** By upper bound in milliseconds: requests by their time to the first of their answer. */
  responses: 'responses',
  /** By endpoint: circuits that opened. */
  openings: 'breaker.openings',
} as const;
export type Counter = (typeof COUNTERS)[keyof typeof COUNTERS];

/** What nodes see at the end of a slot; nothing is written of what is 0. */
export const GAUGES = {
  /** By endpoint: 1 where its circuit is not closed. */
  openBreakers: 'breaker.open',
  /** By provider: requests that wait for it. */
  waiting: 'provider.waiting',
} as const;
export type Gauge = (typeof GAUGES)[keyof typeof GAUGES];

export const SERIES: readonly (Counter | Gauge)[] = [...Object.values(COUNTERS), ...Object.values(GAUGES)];
