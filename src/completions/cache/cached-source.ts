import { AnswerStream, type AttemptGuard } from '../../orchestrator/answer-stream.js';
import type { Answered } from '../../orchestrator/fallback-orchestrator.js';
import { ProviderError } from '../../providers/contract/provider-error.js';
import type { StreamPart } from '../../providers/contract/stream-part.js';
import type { EmbeddingResult } from '../../providers/contract/text-provider.js';
import type { PricedStep } from '../answer-job.js';
import type { CachedAnswer } from './cached-answer.js';

/** A kept text is shown in pieces of so many characters, as clients expect to get it. */
const PIECE_CHARACTERS = 1_024;

/** No provider is behind a kept answer: nothing can be late, or has to be hung up on. */
const NOBODY: AttemptGuard = {
  expectChunk: () => undefined,
  expectEnd: () => undefined,
  expectNothing: () => undefined,
  complete: () => undefined,
  close: () => undefined,
  explain: (error) => new ProviderError('cache', 'malformed_response', 'a kept answer broke off', { cause: error }),
};

/** Gives a kept answer as the orchestrator gives a provider's. */
export class CachedSource {
  constructor(
    private readonly cached: CachedAnswer,
    private readonly step: PricedStep,
  ) {}

  stream(): Promise<Answered<AnswerStream>> {
    const nothingMore = { next: () => Promise.resolve({ done: true as const, value: undefined }) };
    return Promise.resolve({ step: this.step, answer: new AnswerStream(partsOf(this.cached), nothingMore, NOBODY) });
  }

  embed(): Promise<Answered<EmbeddingResult>> {
    const { vectors = [], usage } = this.cached;
    return Promise.resolve({ step: this.step, answer: { vectors, usage } });
  }
}

/** The parts that make this answer once more. Pure. */
export function partsOf({ content, usage, finishReason, stopSequence }: CachedAnswer): StreamPart[] {
  return [
    ...content.reasoning.map((block): StreamPart =>
      'text' in block
        ? { type: 'reasoning-delta', ...block }
        : { type: 'reasoning-delta', text: '', redacted: block.redacted },
    ),
    ...textParts(content),
    ...content.toolCalls.map(({ id, name, arguments: argumentsText }, index): StreamPart => ({
      type: 'tool-call-delta',
      index,
      id,
      name,
      argumentsText,
    })),
    { type: 'usage', usage },
    { type: 'finish', reason: finishReason, ...(stopSequence === undefined ? {} : { stopSequence }) },
  ];
}

/** Log probabilities belong to tokens, whose text they hold: one part for each. Otherwise pieces of a handy size. */
function textParts({ text, logprobs }: CachedAnswer['content']): StreamPart[] {
  if (logprobs.length > 0 && logprobs.map(({ token }) => token).join('') === text)
    return logprobs.map((logprob) => ({ type: 'text-delta', text: logprob.token, logprobs: [logprob] }));
  const parts: StreamPart[] = [];
  for (let start = 0; start < text.length;) {
    const end = pieceEnd(text, start);
    const isFirst = start === 0;
    parts.push({
      type: 'text-delta',
      text: text.slice(start, end),
      ...(isFirst && logprobs.length > 0 ? { logprobs: [...logprobs] } : {}),
    });
    start = end;
  }
  return parts;
}

/** Never between the two halves of a character. */
function pieceEnd(text: string, start: number): number {
  const end = Math.min(text.length, start + PIECE_CHARACTERS);
  const last = text.charCodeAt(end - 1);
  return end < text.length && last >= 0xd800 && last <= 0xdbff ? end + 1 : end;
}
