import { Inject, Injectable, Logger } from '@nestjs/common';
import { AnswerReports, type AnswerReport } from '../completions/answer-report.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { creditsOf } from './credits.js';

const TOLD_AT: ReadonlySet<Environment['logLevel']> = new Set(['debug', 'trace']);

/** One line in the log for each answer that is over, and for each request that was refused, at LOG_LEVEL debug. */
@Injectable()
export class AnswerLog {
  private readonly logger = new Logger('Answers');

  constructor(@Inject(AnswerReports) reports: AnswerReports, @Inject(ENVIRONMENT) { logLevel }: Environment) {
    if (!TOLD_AT.has(logLevel)) return; // it costs nothing then
    reports.add((report) => this.logger.debug(`An answer is over: ${report.outcome}`, fieldsOf(report)));
    reports.refusals.add(({ request, code }) =>
      this.logger.debug(`A request was refused: ${code}`, { requestId: request.id, type: request.type }),
    );
  }
}

function fieldsOf({ job, step, run, outcome, delivery, settlement, charged = 0n, endedAtMs }: AnswerReport): object {
  const { firstAtMs, chunks } = delivery;
  return {
    requestId: job.request.id,
    type: job.request.type,
    outcome,
    provider: step?.providerId,
    model: step?.model,
    attempts: run.log.calls,
    chunks,
    firstChunkMs: firstAtMs === undefined ? undefined : Math.round(firstAtMs - job.receivedAtMs),
    durationMs: Math.round(endedAtMs - job.receivedAtMs),
    inputTokens: settlement?.usage.inputTokens,
    outputTokens: settlement?.usage.outputTokens,
    credits: creditsOf(charged),
  };
}
