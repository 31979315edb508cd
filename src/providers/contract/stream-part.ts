import type { TokenUsage } from './token-usage.js';

/** Why an answer ended, in one vocabulary for every vendor. `unknown`: the vendor gave a reason that has no name here. */
export type FinishReason = 'stop' | 'length' | 'content_filter' | 'unknown';

/** A closed union: a switch over `type` ends in `never`. */
export type StreamPart =
  | { type: 'text-delta'; text: string }
  | { type: 'reasoning-delta'; text: string }
  /** Replaces what an earlier `usage` part said, never adds to it. */
  | { type: 'usage'; usage: TokenUsage }
  | { type: 'finish'; reason: FinishReason };
