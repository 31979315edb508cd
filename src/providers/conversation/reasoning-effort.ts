import type { ReasoningEffort, TextRequest } from '../contract/text-request.js';

const EFFORTS: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'];
/** A budget up to so many tokens is of that effort. */
const EFFORT_OF_BUDGET: readonly (readonly [number, ReasoningEffort])[] = [
  [0, 'none'],
  [4_096, 'low'],
  [16_384, 'medium'],
  [Infinity, 'high'],
];

/** How hard the model is to think, whichever way it was said; undefined: as it does by itself. */
export function effortOf({ effort, budgetTokens }: NonNullable<TextRequest['reasoning']>): ReasoningEffort | undefined {
  if (effort !== undefined || budgetTokens === undefined) return effort;
  return EFFORT_OF_BUDGET.find(([tokens]) => budgetTokens <= tokens)?.[1];
}

/** The nearest effort that a model knows; of two as near the lesser, which costs the caller less. */
export function nearestEffort<Known extends ReasoningEffort>(
  effort: ReasoningEffort,
  known: readonly Known[],
): Known | undefined {
  const distance = (each: ReasoningEffort) => Math.abs(EFFORTS.indexOf(each) - EFFORTS.indexOf(effort));
  return known.reduce<Known | undefined>(
    (best, each) => (best === undefined || distance(each) < distance(best) ? each : best),
    undefined,
  );
}
