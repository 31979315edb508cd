import type { CompletionRequest } from '../completion-request.js';
import type { DeliveredAnswer } from './delivered-answer.js';
import { canBeSpliced } from './splice.js';

/** How an answer goes on that broke off: another one repeats it, goes on behind it, or takes its place. */
export type Way = 'spliced' | 'continued' | 'restarted';

/**
 * What may be tried for an answer that broke off, in order. Only the first way is one that the client can't see; the
 * others it has to ask for. An answer is continued once, and not if it has to have a form, as a model that is held to a
 * form begins it anew. Of an answer that had only thought so far, all is still missing. Pure.
 */
export function waysToGoOn(
  delivered: DeliveredAnswer,
  { onMidStreamFailure, options }: Pick<CompletionRequest, 'onMidStreamFailure' | 'options'>,
  wasContinued: boolean,
): Way[] {
  const ways: Way[] = canBeSpliced(delivered) && !wasContinued ? ['spliced'] : [];
  if (onMidStreamFailure === 'restart') return [...ways, 'restarted'];
  const isFree = (options.responseFormat?.type ?? 'text') === 'text' || delivered.text === '';
  const canContinue = isFree && !delivered.hasToolCalls && !wasContinued;
  return onMidStreamFailure === 'continue' && canContinue ? [...ways, 'continued'] : ways;
}
