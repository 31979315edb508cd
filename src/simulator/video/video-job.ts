import type { Size } from './size.js';
import type { VideoScript, VideoStage, VideoWire } from './video-script.js';

/** How long a job takes where no script says: longer for longer videos, as the vendors do. */
const BASE_MS = 3_000;
const MS_PER_SECOND = 150;

export type VideoOperation = 'create' | 'edit' | 'extend' | 'remix' | 'upscale';

/** What was asked for. */
export interface VideoOrder extends Size {
  wire: VideoWire;
  operation: VideoOperation;
  model: string;
  prompt: string;
  /** Length of the video that comes out. */
  seconds: number;
  /** What the vendor charges for it, in millionths of a dollar. */
  priceMicroUsd: number;
  /** Bytes of the picture or the video that it builds on, and their type; absent: it builds on none, or on a link. */
  input?: { mediaType: string; bytes: number };
  /** Another job whose video it builds on. */
  sourceId?: string;
}

/** A job from its beginning on: all that changes by itself is computed from the clock. */
export interface VideoJob extends VideoOrder {
  id: string;
  keyFingerprint: string;
  script: VideoScript;
  createdAtMs: number;
  /** When it is taken up, and when it is over. */
  beginsAtMs: number;
  endsAtMs: number;
  /** When its owner stopped it or took it away. */
  cancelledAtMs?: number;
  deletedAtMs?: number;
  polledAtMs: number[];
  /** How many requests of a kind came. */
  counts: Record<VideoStage, number>;
}

export interface JobState {
  status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  /** 0 to 1. */
  progress: number;
  /** It is refused for what it shows. */
  isModerated: boolean;
}

/** How long a job takes in all where its script doesn't say. */
export function usualMakingMs(seconds: number): number {
  return BASE_MS + MS_PER_SECOND * seconds;
}

/** How a job stands at a time. */
export function stateOf(job: VideoJob, nowMs: number): JobState {
  const { end } = job.script;
  const isModerated = end === 'moderated';
  const progress = progressOf(job, nowMs);
  if (job.cancelledAtMs !== undefined && job.cancelledAtMs <= nowMs) {
    return { status: 'cancelled', progress: progressOf(job, job.cancelledAtMs), isModerated: false };
  }
  if (nowMs < job.beginsAtMs) return { status: 'queued', progress: 0, isModerated: false };
  if (nowMs < job.endsAtMs) return { status: 'running', progress, isModerated: false };
  switch (end) {
    case undefined:
      return { status: 'completed', progress: 1, isModerated };
    case 'stuck':
      return { status: 'running', progress: 0.99, isModerated };
    case 'cancelled':
      return { status: 'cancelled', progress: 0.99, isModerated };
    case 'moderated':
    case 'failed':
      return { status: 'failed', progress: 0.99, isModerated };
    default:
      return end satisfies never;
  }
}

function progressOf({ beginsAtMs, endsAtMs }: VideoJob, nowMs: number): number {
  if (nowMs <= beginsAtMs) return 0;
  return Math.min(0.99, (nowMs - beginsAtMs) / Math.max(1, endsAtMs - beginsAtMs));
}

/** What a job has cost its owner until now: a video that is made, and at Runway also one that is refused afterwards. */
export function chargedMicroUsd(job: VideoJob, nowMs: number): number {
  const { status, isModerated } = stateOf(job, nowMs);
  const isCharged = status === 'completed' || (job.wire === 'runway' && isModerated);
  return isCharged ? job.priceMicroUsd : 0;
}
