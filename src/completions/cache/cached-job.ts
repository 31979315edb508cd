import { HoldSize } from '../../billing/pricing/hold-size.js';
import type { ModelPrice } from '../../billing/pricing/model-price.js';
import type { AnswerJob, PricedStep } from '../answer-job.js';
import type { CachedAnswer } from './cached-answer.js';

/** What giving an answer again costs. */
const NOTHING: ModelPrice = {
  source: 'cache',
  tiers: [
    { fromInputTokens: 0, rates: { input: 0n, cachedInput: 0n, cacheWrite: 0n, cacheWriteHour: 0n, output: 0n } },
  ],
};

/** The same job, answered with what is kept: nothing is held for it, and nothing charged. Pure. */
export function cachedJob(job: AnswerJob, cached: CachedAnswer): AnswerJob {
  return {
    ...job,
    cached,
    steps: [cachedStep(job, cached)],
    size: new HoldSize([{ price: NOTHING, tokensBound: 0 }], 0n),
  };
}

function cachedStep({ steps }: AnswerJob, { providerId, model }: CachedAnswer): PricedStep {
  return { ...steps[0]!, providerId, model, price: NOTHING };
}
