import type { MicroCredits } from '../../common/money/micro-credits.js';

/** What a report may have a row for each of. */
export const GROUPINGS = ['day', 'model', 'provider', 'user'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Sums over requests that ended, as the database gives them. Tokens as TokenUsage counts them. */
export interface UsageFigures {
  /** Of every kind, videos included. */
  requests: bigint;
  completed: bigint;
  failed: bigint;
  cancelled: bigint;
  /** Requests whose tokens are our own count. */
  estimated: bigint;
  promptTokens: bigint;
  /** Of the prompt's. */
  cachedTokens: bigint;
  /** Of the prompt's. */
  cacheWriteTokens: bigint;
  completionTokens: bigint;
  /** Of the completion's. */
  reasoningTokens: bigint;
  charged: MicroCredits;
  /** What it cost beyond what the accounts had: the house's. */
  shortfall: MicroCredits;
  videoRequests: bigint;
  videosCompleted: bigint;
  /** Of video that was delivered, in millionths. */
  videoMicroseconds: bigint;
  videoCharged: MicroCredits;
  /** Millionths of a US dollar: what was charged, at the CREDITS_PER_USD of then. */
  revenueMicroUsd: bigint;
  /** What providers charge for it. */
  costMicroUsd: bigint;
  /** The same for attempts that nobody was charged for. */
  lostMicroUsd: bigint;
}

/** One line of a report. */
export interface UsageRow extends UsageFigures {
  /** The day, model, provider or user that it is of. */
  key: string;
}

/** A page of a report. */
export interface UsagePage {
  rows: UsageRow[];
  /** Of the whole report. */
  total: UsageFigures;
  /** The key that the next page begins behind; undefined: there is none. */
  next: string | undefined;
  /** Every request that had ended by then is in it. */
  asOf: Date;
}
