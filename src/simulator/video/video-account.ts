import { sizeText } from './size.js';
import { chargedMicroUsd, stateOf, type JobState, type VideoJob, type VideoOperation } from './video-job.js';
import type { VideoCall } from './video-calls.js';
import type { VideoWire } from './video-script.js';
import type { VideoWorld } from './video-world.js';

/** A job as the vendor's own account has it. */
export interface VideoJobReport {
  wire: VideoWire;
  id: string;
  /** Tells keys apart; the same for all jobs of one key. */
  keyFingerprint: string;
  operation: VideoOperation;
  model: string;
  prompt: string;
  seconds: number;
  width: number;
  height: number;
  /** '1280x720' */
  size: string;
  /** Type and bytes of the picture or the video that came along. */
  input?: { mediaType: string; bytes: number };
  /** In milliseconds since 1970. */
  createdAtMs: number;
  /** When it was over, in milliseconds since 1970; absent: it isn't. */
  endedAtMs?: number;
  status: JobState['status'];
  /** Its owner took it away; the video with it, if there was one. */
  isDeleted: boolean;
  polls: number;
  /** When its owner asked how it stands: the last 1,000 times. */
  polledAtMs: number[];
  contentFetches: number;
  thumbnailFetches: number;
  /** Requests to cancel or to delete it. */
  cancels: number;
  /** What it costs: nothing before there is a video. US dollars as decimal text. */
  costUsd: string;
}

/** What the vendor's account says of a job at a time. */
export function reportOf(job: VideoJob, nowMs: number): VideoJobReport {
  const { wire, id, keyFingerprint, operation, model, prompt, seconds, width, height, counts, input } = job;
  const { status } = stateOf(job, nowMs);
  const isOver = status !== 'queued' && status !== 'running';
  return {
    ...{ wire, id, keyFingerprint, operation, model, prompt, seconds, width, height, size: sizeText(job) },
    ...(input === undefined ? {} : { input: { ...input } }),
    createdAtMs: job.createdAtMs,
    ...(isOver ? { endedAtMs: job.cancelledAtMs ?? job.endsAtMs } : {}),
    status,
    isDeleted: job.deletedAtMs !== undefined,
    polls: counts.poll,
    polledAtMs: [...job.polledAtMs],
    contentFetches: counts.content,
    thumbnailFetches: counts.thumbnail,
    cancels: counts.cancel,
    costUsd: usdText(chargedMicroUsd(job, nowMs)),
  };
}

/** The whole account: every job, every request, and what it all costs until now, in US dollars as decimal text. */
export function videoAccount({ jobs, calls }: VideoWorld): {
  jobs: VideoJobReport[];
  calls: VideoCall[];
  billUsd: string;
} {
  const nowMs = Date.now();
  const all = jobs.all();
  return {
    jobs: all.map((job) => reportOf(job, nowMs)),
    calls: calls.all(),
    billUsd: usdText(all.reduce((sum, job) => sum + chargedMicroUsd(job, nowMs), 0)),
  };
}

function usdText(microUsd: number): string {
  return (microUsd / 1_000_000).toFixed(6).replace(/\.?0+$/, '');
}
