import { signLink } from '../file-link.js';
import { chargedMicroUsd, stateOf, type VideoJob } from '../video-job.js';
import { MICRO_USD_PER_CREDIT } from './runway-models.js';

/** How long a link is good where no script says, in milliseconds. */
const LINK_MS = 24 * 60 * 60 * 1000;

/** A task as Runway tells it (`TaskRetrieveResponse` of @runwayml/sdk 4); the links in it are new each time. */
export function runwayTask(job: VideoJob, nowMs: number, secret: Buffer, origin: string): Record<string, unknown> {
  const state = stateOf(job, nowMs);
  const head = { id: job.id, createdAt: new Date(job.createdAtMs).toISOString() };
  const estimated = { ...head, estimatedCost: { credits: job.priceMicroUsd / MICRO_USD_PER_CREDIT } };
  const ended = { ...head, cost: { credits: chargedMicroUsd(job, nowMs) / MICRO_USD_PER_CREDIT } };
  switch (state.status) {
    case 'queued':
      return { ...estimated, status: isThrottled(job, nowMs) ? 'THROTTLED' : 'PENDING' };
    case 'running':
      return { ...estimated, status: 'RUNNING', progress: Math.round(state.progress * 100) / 100 };
    case 'completed':
      return { ...ended, status: 'SUCCEEDED', output: [linkOf(job, nowMs, secret, origin)] };
    case 'cancelled':
      return { ...ended, status: 'CANCELLED' };
    case 'failed':
      return { ...ended, status: 'FAILED', ...failureOf(job, state.isModerated) };
    default:
      return state.status satisfies never;
  }
}

/** For the second half of its wait a task is held back by the limits of its owner's account. */
function isThrottled({ createdAtMs, beginsAtMs }: VideoJob, nowMs: number): boolean {
  return nowMs - createdAtMs > (beginsAtMs - createdAtMs) / 2;
}

function linkOf(job: VideoJob, nowMs: number, secret: Buffer, origin: string): string {
  const expiresAtMs = nowMs + (job.script.linkMs ?? LINK_MS);
  return signLink(secret, origin, { jobId: job.id, kind: 'video', expiresAtMs, isLast: false });
}

function failureOf({ script, priceMicroUsd }: VideoJob, isModerated: boolean): object {
  if (!isModerated) return { failure: 'An unexpected error occurred.', failureCode: script.code ?? 'INTERNAL' };
  // What was refused before it was made costs nothing.
  const usual = priceMicroUsd === 0 ? 'SAFETY.INPUT.TEXT' : 'SAFETY.OUTPUT.VIDEO';
  return { failure: 'The content was rejected by our moderation.', failureCode: script.code ?? usual };
}
