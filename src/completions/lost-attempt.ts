import { costOf } from '../billing/pricing/model-price.js';
import { promptTokensAt } from '../billing/pricing/prompt-size.js';
import type { AttemptRecord } from '../orchestrator/attempt-log.js';
import type { AnswerJob } from './answer-job.js';

const NANO_PER_USD = 1_000_000_000;

/** An attempt as receipts keep it. */
export interface KeptAttempt extends Omit<AttemptRecord, 'lost'> {
  /** What the provider may charge for it, which the house bears: an estimate. */
  lost?: { promptTokens: number; completionTokens: number; usd: number };
}

/** Notes that nobody will be charged for an attempt that had begun to answer. @param outputTokens that came of it, as far as known */
export function loseAttempt(attempt: AttemptRecord, { prompt }: AnswerJob, outputTokens: number): void {
  attempt.lost = { inputTokens: promptTokensAt(attempt.model, prompt), outputTokens };
}

/** An attempt for the receipt: what was lost with it has its price, where the model has one. Pure. */
export function keptAttempt({ lost, ...attempt }: AttemptRecord, steps: AnswerJob['steps']): KeptAttempt {
  const step = steps.find(({ providerId, model }) => providerId === attempt.provider && model === attempt.model);
  if (!lost || !step) return attempt;
  const usd = Number(costOf(lost, step.price, BigInt(NANO_PER_USD))) / NANO_PER_USD;
  return { ...attempt, lost: { promptTokens: lost.inputTokens, completionTokens: lost.outputTokens, usd } };
}
