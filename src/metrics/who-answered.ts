import type { AnswerReport } from '../completions/answer-report.js';
import type { BoundedNames } from './bounded-names.js';

/** Whom an answer came from, as values of labels: `none` where nobody answered, `cache` where it had been kept. */
export function whoAnswered(
  { job, step }: Pick<AnswerReport, 'job' | 'step'>,
  models: BoundedNames,
): { provider: string; model: string } {
  if (!step) return { provider: 'none', model: models.valueOf(job.request.model) };
  return { provider: job.cached ? 'cache' : step.providerId, model: models.admit(step.model) };
}
