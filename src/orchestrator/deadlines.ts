import type { RouteStep } from './route-plan.js';

/** How long each phase of an attempt may take, in milliseconds (docs/architecture.md, deadlines). */
export interface Deadlines {
  /** Until the provider's headers: short, so that a hanging provider costs less than 2 s with the failover. */
  headersMs: number;
  /** Until the first content, counted from the start. */
  firstContentMs: number;
  /** Between two reads of a running stream. */
  stallMs: number;
}

const CHAT: Deadlines = { headersMs: 1_500, firstContentMs: 10_000, stallMs: 20_000 };
/** Models that think before they write: some providers send nothing meanwhile, not even headers. */
const REASONING: Deadlines = { headersMs: 10_000, firstContentMs: 120_000, stallMs: 60_000 };
/** An embedding comes whole, with its headers. */
const EMBEDDING: Deadlines = { headersMs: 10_000, firstContentMs: 10_000, stallMs: 10_000 };
const PER_PROMPT_KILOBYTE_MS = 10;
const MOST_FOR_THE_PROMPT_MS = 20_000;

/** The deadlines of one attempt; a long prompt is given more time, as it takes time to read. What is configured goes first. */
export function deadlinesFor(
  operation: 'chat' | 'embedding',
  { capabilities, deadlines }: Pick<RouteStep, 'capabilities' | 'deadlines'>,
  promptBytes: number,
): Deadlines {
  const usual = operation === 'embedding' ? EMBEDDING : capabilities.hiddenReasoning ? REASONING : CHAT;
  const base = { ...usual, ...deadlines };
  const allowanceMs = Math.min(MOST_FOR_THE_PROMPT_MS, Math.floor(promptBytes / 1_024) * PER_PROMPT_KILOBYTE_MS);
  return { ...base, headersMs: base.headersMs + allowanceMs, firstContentMs: base.firstContentMs + allowanceMs };
}
