import type { FinishOperation, StreamKey } from '../billing/ledger/ledger-operations.js';
import { priceSnapshot } from '../billing/pricing/price-snapshot.js';
import { promptTokensAt } from '../billing/pricing/prompt-size.js';
import type { Tariff } from '../billing/pricing/tariff.js';
import type { AttemptRecord } from '../orchestrator/attempt-log.js';
import type { EmbeddingResult } from '../providers/contract/text-provider.js';
import type { AnswerContent } from './answer-content.js';
import {
  completionFrame,
  doneFrame,
  embeddingFrame,
  errorFrame,
  type AnswerMetadata,
  type FrameUsage,
} from './answer-frames.js';
import type { AnswerJob, PricedStep } from './answer-job.js';
import { keptAttempt } from './lost-attempt.js';
import { settle, type Ending, type Settlement } from './settlement.js';

/** An answer that has ended, and all that is known of it. */
export interface Answer {
  job: AnswerJob;
  /** Who answered; undefined: nobody. */
  step: PricedStep | undefined;
  ending: Ending;
  attempts: readonly AttemptRecord[];
  attemptCount: number;
  content: AnswerContent;
  vectors: EmbeddingResult['vectors'] | undefined;
}

type Terminal = Omit<FinishOperation, keyof StreamKey | 'row' | 'seq' | 'outputTokens'>;

/** What is stored at the end of an answer, and what of it is charged. */
export interface AnswerEnd {
  terminal: Terminal;
  settlement: Settlement;
}

/** The last frame of an answer, what it costs, and the receipt that is kept of it. Pure. */
export function endOfAnswer(
  answer: Answer,
  idJson: string,
  seq: number,
  tariff: Tariff,
  isFreeOnError: boolean,
): AnswerEnd {
  const { job, step } = answer;
  const settlement = settle({
    ending: answer.ending,
    hasAnswered: step !== undefined,
    hasFinished: answer.content.finishReason !== undefined,
    reportedUsage: answer.content.usage,
    promptTokens: step ? promptTokensAt(step.model, job.prompt) : job.promptTokens,
    promptTokensBound: job.promptTokensBound,
    countedTokens: answer.content.countedTokens,
    outputLimit: job.outputLimit,
    isFreeOnError,
  });
  const cost = step && !settlement.isFree ? tariff.costOf(settlement.usage, step.price) : 0n;
  const metadata = describe(answer);
  const frame = frameOf(answer, idJson, seq, settlement, metadata);
  return { terminal: { frame, cost, outcome: receipt(answer, settlement, metadata) }, settlement };
}

function describe({ job, step, ending, attemptCount, content: { stopSequence } }: Answer): AnswerMetadata {
  return {
    model: step?.model ?? job.request.model,
    provider: step?.providerId ?? job.request.provider,
    latency: Math.round(performance.now() - job.receivedAtMs),
    finishReason:
      ending.kind === 'done' ? ending.finishReason : ending.error.code === 'CANCELLED' ? 'cancelled' : 'error',
    attempts: attemptCount,
    ...(job.cached ? { cached: true } : {}),
    ...(stopSequence === undefined || ending.kind === 'error' ? {} : { stopSequence }),
  };
}

function frameOf(
  { job, ending, content, vectors }: Answer,
  idJson: string,
  seq: number,
  usage: FrameUsage,
  metadata: AnswerMetadata,
): string {
  if (ending.kind === 'error') return errorFrame(idJson, seq, ending.error.toBody(), usage, metadata);
  if (vectors) return embeddingFrame(idJson, vectors, job.request.hasSingleInput, usage, metadata);
  if (job.request.isStreamed) return doneFrame(idJson, seq, usage, metadata);
  return completionFrame(idJson, content, usage, metadata);
}

/** What the hold keeps of the request: `GET /api/mcp/requests/:id` shows it. */
function receipt(
  { attempts, step, ending, job }: Answer,
  { usage, usageSource }: Settlement,
  metadata: AnswerMetadata,
): string {
  return JSON.stringify({
    ...metadata,
    usage,
    usageSource,
    attempts: attempts.map((attempt) => keptAttempt(attempt, job.steps)),
    ...(ending.kind === 'error' ? { error: ending.error.code } : {}),
    ...(step ? { price: priceSnapshot(step.price, usage.inputTokens) } : {}),
  });
}
