import { creditsNumber } from '../../common/money/micro-credits.js';
import { chosen } from '../api/video-view.js';
import type { FirstStep } from '../plan/first-step.js';
import { firstCharge } from '../plan/charged-step.js';
import type { VideoRecord } from '../store/video-record.js';
import type { WorkflowStepResponse } from './workflow-response.dto.js';

/** The steps that make a video are the video: what is known of them is told from there. Pure. */
export function videoSteps(video: VideoRecord): WorkflowStepResponse[] {
  const { before, then } = video.plan;
  if (!before) return [ofVideo('generate', video, video.charged), ...(then ? [waitingUpscale(video)] : [])];
  const { charged } = video;
  if (before.failed) return [generated(before, charged), failedUpscale(before, video)];
  // Nothing is charged for the first one either where the video comes to nothing.
  const first = charged === null ? null : charged === 0n ? 0n : (firstCharge(video.plan)?.cost ?? 0n);
  return [generated(before, first), ofVideo('upscale', video, charged === null ? null : charged - first!)];
}

/** Absent: it is under way. */
const STATES: Partial<Record<VideoRecord['state'], WorkflowStepResponse['state']>> = {
  completed: 'done',
  failed: 'failed',
  cancelled: 'skipped',
};

/** The step that the video is at, or ended with. @param charged for that step; null: it is not over */
function ofVideo(name: 'generate' | 'upscale', video: VideoRecord, charged: bigint | null): WorkflowStepResponse {
  const { state, isReady, submittingAt, endedAt, error } = video;
  const { model, provider } = chosen(video);
  return {
    name,
    state: STATES[state] ?? (isReady ? 'running' : 'waiting'),
    ...(submittingAt === null ? {} : { model, provider }),
    ...(charged === null ? {} : { credits: creditsNumber(charged) }),
    startedAt: submittingAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    ...(error ? { error } : {}),
  };
}

/** What is charged for it is charged with the video. */
function generated({ choice, startedAt, endedAt }: FirstStep, charged: bigint | null): WorkflowStepResponse {
  const { model, provider } = choice;
  const credits = charged === null ? {} : { credits: creditsNumber(charged) };
  return { name: 'generate', state: 'done', model, provider, ...credits, startedAt, endedAt };
}

function failedUpscale({ failed, endedAt }: FirstStep, video: VideoRecord): WorkflowStepResponse {
  const { choice, failure } = failed!;
  return {
    name: 'upscale',
    state: 'failed',
    model: choice.model,
    provider: choice.provider,
    credits: 0,
    startedAt: endedAt,
    endedAt: video.endedAt?.toISOString() ?? null,
    error: failure,
  };
}

/** The video before it failed, or was cancelled: there is nothing to be enlarged. */
function waitingUpscale({ state, plan, endedAt }: VideoRecord): WorkflowStepResponse {
  const isOver = state === 'failed' || state === 'cancelled';
  const { model, provider } = plan.then![0]!;
  const end = isOver ? { credits: 0, endedAt: endedAt?.toISOString() ?? null } : { model, provider, endedAt: null };
  return { name: 'upscale', state: isOver ? 'skipped' : 'waiting', startedAt: null, ...end };
}
