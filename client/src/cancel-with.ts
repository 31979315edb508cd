import type { AnswerRun } from './answer-run.js';

/** Makes the abort of a signal the cancel of an answer, which may be at once. */
export function cancelWith(run: AnswerRun, signal: AbortSignal | undefined): void {
  if (!signal) return;
  const cancel = () => run.cancel();
  if (signal.aborted) return cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const stop = run.listen(() => {
    if (!run.state.outcome) return;
    stop();
    signal.removeEventListener('abort', cancel);
  });
}
