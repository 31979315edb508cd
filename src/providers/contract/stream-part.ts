import type { TokenUsage } from './token-usage.js';

/** Why an answer ended, in one vocabulary for every vendor. `unknown`: the vendor gave a reason that has no name here. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'unknown';

/** A token with its log probability, in OpenAI's shape. */
export interface TokenLogprob {
  token: string;
  logprob: number;
  bytes: number[] | null;
  top_logprobs?: { token: string; logprob: number; bytes: number[] | null }[];
}

/** A closed union: a switch over `type` ends in `never`. */
export type StreamPart =
  | { type: 'text-delta'; text: string; logprobs?: TokenLogprob[] }
  /** What the model thinks. `signature` and `redacted` come with an empty text, at the end of a block (see ReasoningBlock). */
  | { type: 'reasoning-delta'; text: string; signature?: string; redacted?: string }
  /** A piece of a tool call: the first of an `index` (0, 1, 2 …) has `id` and `name`, those that follow add to the arguments. */
  | { type: 'tool-call-delta'; index: number; id?: string; name?: string; argumentsText: string }
  /** Replaces what an earlier `usage` part said, never adds to it. */
  | { type: 'usage'; usage: TokenUsage }
  /** `stopSequence`: which one of the request's ended it, where the vendor says so. */
  | { type: 'finish'; reason: FinishReason; stopSequence?: string };
