import type { VideoJob, VideoJobFailure } from '../contract/video-provider.js';
import { asObject, asText, type JsonObject } from '../http/json.js';
import { jobCode } from '../video/job-code.js';
import { isModerationCode } from '../video/refusal-kind.js';
import { usdOfCredits } from './credits.js';

const STATUS_OF: ReadonlyMap<unknown, VideoJob['status']> = new Map<unknown, VideoJob['status']>([
  ['PENDING', 'queued'],
  ['THROTTLED', 'queued'],
  ['RUNNING', 'running'],
  ['SUCCEEDED', 'completed'],
  ['FAILED', 'failed'],
  ['CANCELLED', 'cancelled'],
]);

/** A task in our words. @throws where it is none */
export function runwayJob(answer: unknown): VideoJob {
  const task = asObject(answer) ?? {};
  const status = STATUS_OF.get(task.status);
  if (!status) throw new Error('The answer is no task');
  const costUsd = usdOfCredits(asObject(task.cost)?.credits);
  return {
    status,
    ...(typeof task.progress === 'number' ? { progress: percent(task.progress) } : {}),
    ...(costUsd === undefined ? {} : { costUsd }),
    ...(status === 'failed' ? { failure: failureOf(task) } : {}),
  };
}

/** Where a task's result is fetched. @throws where it has none */
export function outputOf(answer: unknown): string {
  const output = asObject(answer)?.output;
  const link = asText(Array.isArray(output) ? output[0] : undefined);
  if (link === undefined) throw new Error('The task has no output');
  return link;
}

function percent(progress: number): number {
  return Math.round(Math.min(Math.max(progress, 0), 1) * 100);
}

/** Codes: docs.dev.runwayml.com/errors/task-failures. */
function failureOf({ failureCode }: JsonObject): VideoJobFailure {
  const code = jobCode(failureCode) ?? 'unknown';
  return { kind: isModerationCode(code) ? 'moderated' : 'failed', code };
}
