import { Injectable } from '@nestjs/common';
import type { ErrorCode } from '../common/errors/error-codes.js';
import { Observers } from '../common/observers.js';
import type { RouteRun } from '../orchestrator/route-run.js';
import type { AnswerJob, PricedStep } from './answer-job.js';
import type { CompletionRequest } from './completion-request.js';
import type { DeliveryFigures } from './delivery/delivery-figures.js';
import type { Way } from './rescue/rescue-plan.js';
import type { Settlement } from './settlement.js';

/**
 * An answer that is over: facts and figures for whoever counts and traces. Nothing of its text or its question may be
 * taken from `job`. Times are of performance.now().
 */
export interface AnswerReport {
  job: AnswerJob;
  run: RouteRun;
  /** Who answered; undefined: nobody. */
  step: PricedStep | undefined;
  /** `lost`: its end was not ours to write, or could not be stored; the ledger has it, or the reaper will write it. */
  outcome: 'done' | ErrorCode | 'lost';
  /** Absent where the outcome is `lost`, as are the two below. */
  settlement?: Settlement;
  /** Micro-credits. */
  charged?: bigint;
  /** What it cost beyond that, as the account had no more. */
  shortfall?: bigint;
  delivery: DeliveryFigures;
  /** How it went on where it broke off. */
  rescues: readonly Way[];
  /** Its credits were held. */
  heldAtMs: number;
  /** It was whole, or had failed: from here on it was settled. */
  settlingAtMs: number;
  endedAtMs: number;
}

/** A request that came to no answer: nothing was stored, and nothing is charged. */
export interface RequestRefusal {
  request: CompletionRequest;
  code: ErrorCode;
  receivedAtMs: number;
  refusedAtMs: number;
}

/** Tells of every answer that this process wrote, once it is over, and of the requests that were refused. */
@Injectable()
export class AnswerReports extends Observers<AnswerReport> {
  readonly refusals = new Observers<RequestRefusal>();
}
