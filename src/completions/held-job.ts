import type { AnswerJob } from './answer-job.js';

/** What a hold that was made earlier says of its job. */
export interface MadeHold {
  /** What is held, in micro-credits. */
  amount: bigint | null;
  /** Of the hold: `outputLimit`, and `cached` where a kept answer was to be given, for which nothing is held. */
  terms: Record<string, unknown> | null;
}

/** Whether nothing was held as an answer was kept, which is gone now: it must not be made anew before its cost is held. Pure. */
export function isKeptAnswerGone({ cached }: AnswerJob, { terms }: MadeHold): boolean {
  return terms?.['cached'] === true && !cached;
}

/** A job as it was held by somebody else: the output that was agreed then, and as much of it covered as is held. Pure. */
export function heldJob(job: AnswerJob, { amount, terms }: MadeHold): AnswerJob {
  const covered = job.size.outputTokensWithin(amount ?? 0n);
  const agreed = terms?.['outputLimit'];
  const outputLimit = Math.min(job.outputLimit, typeof agreed === 'number' ? agreed : covered);
  return {
    ...job,
    outputLimit,
    heldTokens: Math.min(outputLimit, covered),
    isClamped: outputLimit < job.outputLimit,
  };
}
