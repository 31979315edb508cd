import type { Answer } from '../answer-end.js';
import type { CachedAnswer } from './cached-answer.js';

/** Ends of an answer that is whole, and as its model meant it. */
const WHOLE: ReadonlySet<string> = new Set(['stop', 'tool_calls']);

/**
 * What is kept of an answer for the next who asks the same; undefined: it is none to be given again. Only what one provider
 * wrote from beginning to end is, and counted itself. Pure.
 */
export function keepableAnswer({ job, step, ending, attempts, content, vectors }: Answer): CachedAnswer | undefined {
  const { usage, finishReason, stopSequence } = content;
  if (!job.request.mayUseCache || job.cached || !step || !usage || !finishReason) return undefined;
  if (content.isPartial || ending.kind !== 'done' || !WHOLE.has(ending.finishReason)) return undefined;
  if (attempts.some(({ outcome }) => outcome === 'stream_broken' || outcome === 'timeout')) return undefined;
  const { text, reasoning, toolCalls, logprobs } = content;
  return {
    providerId: step.providerId,
    model: step.model,
    content: { text, reasoning, toolCalls, logprobs },
    usage,
    finishReason,
    ...(vectors === undefined ? {} : { vectors }),
    ...(stopSequence === undefined ? {} : { stopSequence }),
  };
}
