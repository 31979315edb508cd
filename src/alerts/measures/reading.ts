import type { AlertName } from '../../config/gateway-config/alert-rules.js';

/** What tells alerts of one rule apart, such as `{provider: 'openai'}`. */
export type AlertLabels = Readonly<Record<string, string>>;

/** What was measured for a rule. */
export interface Reading {
  labels: AlertLabels;
  value: number;
  /** Of how many that was measured; where it is no share of anything: the value. */
  volume: number;
}

/** By rule; a rule whose readings could not be had is not there: nothing is concluded of it. */
export type Readings = ReadonlyMap<AlertName, readonly Reading[]>;
