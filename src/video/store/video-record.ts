import type { ErrorCode } from '../../common/errors/error-codes.js';
import type { StoredMedia } from '../../media/media-store.js';
import type { VideoState } from '../life/video-state.js';
import type { VideoPlan } from '../plan/video-plan.js';

/** What a client asked for, without its prompt, in its own words. */
export interface RequestedVideo {
  workflow: 'text-to-video' | 'image-to-video' | 'video-enhancement';
  duration?: number;
  resolution?: string;
  style?: string;
  aspectRatio?: string;
  enhancementType?: 'upscale' | 'restyle' | 'extend';
}

/** The stored image or video that a video builds on. */
export interface VideoInputFile extends StoredMedia {
  width: number;
  height: number;
  /** Of a video. */
  seconds?: number;
  /** Likewise: its pictures. Absent in rows of before they were counted. */
  frames?: number;
}

/** A finished video's file, as it was read from its bytes. */
export interface VideoFile extends StoredMedia {
  width: number;
  height: number;
  seconds: number;
  /** Absent in rows of before they were counted. */
  frames?: number;
}

/** Why a video has failed, as its user is told. */
export interface VideoFailure {
  code: ErrorCode;
  message: string;
}

/** A row of video.video. */
export interface VideoRecord {
  id: string;
  userId: string;
  sessionId: string | null;
  workflowId: string | null;
  state: VideoState;
  request: RequestedVideo;
  /** As it goes to the provider. */
  prompt: string;
  originalPrompt: string;
  input: VideoInputFile | null;
  plan: VideoPlan;
  /** Which choice of the plan is being tried, or was taken. */
  choice: number;
  /** Micro-credits held. */
  amount: bigint;
  /** false: a step of its workflow comes first. */
  isReady: boolean;
  connectionId: string | null;
  jobId: string | null;
  /** Orders that were, or may have been, sent. */
  submits: number;
  /** Clear refusals of the present choice. */
  refusals: number;
  polls: number;
  /** In a row. */
  pollFaults: number;
  /** How often the provider didn't know its job, since it last did. */
  timesUnknown: number;
  progress: number;
  /** How often its bytes were begun to be copied. */
  copies: number;
  /** As the provider counts them; decimal text. */
  deliveredSeconds: string | null;
  providerCostUsd: string | null;
  media: VideoFile | null;
  thumbnail: StoredMedia | null;
  mediaDeletedAt: Date | null;
  error: VideoFailure | null;
  /** Micro-credits; null: it has not ended. */
  charged: bigint | null;
  cancelAskedAt: Date | null;
  createdAt: Date;
  submittingAt: Date | null;
  submittedAt: Date | null;
  finishedAt: Date | null;
  endedAt: Date | null;
  /** By the database's clock: since it was ordered. */
  ageMs: number;
  /** Since its next step was due; negative: it is not yet. */
  dueForMs: number;
  /** Since the order was begun to be sent; null: it never was. */
  submittingForMs: number | null;
  /** Since the present choice first refused it; null: it hasn't. */
  refusedForMs: number | null;
  /** Since the provider took it. */
  submittedForMs: number | null;
}

/** A record whose words are as they are kept: nobody reads them. */
export type UnreadVideo = Omit<VideoRecord, 'prompt' | 'originalPrompt' | 'request'>;

/** A video, and the job that it is at its provider: each step of it has one of its own. */
export type VideoJobKey = Pick<VideoRecord, 'id' | 'jobId'>;

/** The columns of a record, in SQL. */
export const VIDEO_COLUMNS = `id, user_id AS "userId", session_id AS "sessionId", workflow_id AS "workflowId", state, request, prompt,
  original_prompt AS "originalPrompt", input, plan, choice, amount, is_ready AS "isReady", connection_id AS "connectionId",
  job_id AS "jobId", submits, refusals, polls, poll_faults AS "pollFaults", times_unknown AS "timesUnknown", progress, copies, delivered_seconds AS "deliveredSeconds",
  provider_cost_usd AS "providerCostUsd", media, thumbnail, media_deleted_at AS "mediaDeletedAt", error, charged,
  cancel_asked_at AS "cancelAskedAt", created_at AS "createdAt", submitting_at AS "submittingAt", submitted_at AS "submittedAt",
  finished_at AS "finishedAt", ended_at AS "endedAt",
  (extract(epoch FROM clock_timestamp() - created_at) * 1000)::float8 AS "ageMs",
  (extract(epoch FROM clock_timestamp() - due_at) * 1000)::float8 AS "dueForMs",
  (extract(epoch FROM clock_timestamp() - submitting_at) * 1000)::float8 AS "submittingForMs",
  (extract(epoch FROM clock_timestamp() - refused_since) * 1000)::float8 AS "refusedForMs",
  (extract(epoch FROM clock_timestamp() - submitted_at) * 1000)::float8 AS "submittedForMs"`;
