import { sizeText } from '../size.js';
import { stateOf, type JobState, type VideoJob } from '../video-job.js';
import { MODERATION } from './sora-refusals.js';

/** How long a finished video is kept, in seconds. */
const KEPT_SECONDS = 24 * 60 * 60;
const STATUSES = {
  queued: 'queued',
  running: 'in_progress',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'failed',
} as const satisfies Record<JobState['status'], string>;

/** A job as OpenAI tells it (`Video` of openai 6.49). */
export function soraVideo(job: VideoJob, nowMs: number): Record<string, unknown> {
  const state = stateOf(job, nowMs);
  const completedAt = state.status === 'completed' ? Math.floor(job.endsAtMs / 1000) : null;
  return {
    id: job.id,
    object: 'video',
    created_at: Math.floor(job.createdAtMs / 1000),
    status: STATUSES[state.status],
    completed_at: completedAt,
    expires_at: completedAt === null ? null : completedAt + KEPT_SECONDS,
    error: errorOf(job, state),
    model: job.model,
    progress: Math.floor(state.progress * 100),
    prompt: job.prompt,
    remixed_from_video_id: job.operation === 'remix' ? (job.sourceId ?? null) : null,
    seconds: String(job.seconds),
    size: sizeText(job),
  };
}

function errorOf({ script }: VideoJob, { status, isModerated }: JobState): object | null {
  if (STATUSES[status] !== 'failed') return null;
  if (isModerated) return { ...MODERATION, ...(script.code === undefined ? {} : { code: script.code }) };
  return { code: script.code ?? 'video_generation_failed', message: 'Video generation failed. Please try again.' };
}
