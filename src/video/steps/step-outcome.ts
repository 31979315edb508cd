/** What a step's job does next. */
export type StepOutcome = { kind: 'done' } | { kind: 'again'; afterMs: number };

export const DONE: StepOutcome = { kind: 'done' };

export function again(afterMs: number): StepOutcome {
  return { kind: 'again', afterMs };
}
