import type { FaultOrder } from './faults/fault-order.js';
import type { WireName } from './wires/wire.js';

/** `answer`: readable sentences; `lorem`: ' lorem' again and again; `numbered`: ' 1', ' 2', ' 3' … */
export const TEXT_STYLES = ['answer', 'lorem', 'numbered'] as const;
export type TextStyle = (typeof TEXT_STYLES)[number];

/** Most of anything that a script may ask for: tokens, milliseconds, bytes. */
export const SCRIPT_MAXIMUM = 10_000_000;

export interface ScriptedCall {
  name: string;
  /** JSON, or something that is none. */
  args?: string;
}

/** What the model's name and the prompt ask the simulator to do; what is absent it decides itself. */
export interface Script {
  style: TextStyle;
  /** The text, word for word, instead of any style. */
  say?: string;
  /** What the model thinks first: so many tokens, or this text. */
  think?: number | string;
  /** Calls for these tools instead of a text; arguments that are absent are made up to fit the tool's schema. */
  tools?: ScriptedCall[];
  /** Tokens of the prompt that come from the vendor's cache, whatever the cache holds. */
  cachedTokens?: number;
  promptTokens?: number;
  completionTokens?: number;
  /** Deltas that the tokens are spread over; absent: one for each token. */
  deltaCount?: number;
  gapMs: number;
  fault?: FaultOrder;
  /** The only wire that the fault strikes on; absent: every one. */
  faultWire?: WireName;
}
