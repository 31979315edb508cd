import { creditsNumber } from '../../common/money/micro-credits.js';
import { amountUsed } from '../api/video-view.js';
import { publicStatus } from '../life/video-state.js';
import type { VideoRecord } from '../store/video-record.js';
import { styledPrompt } from './styled-prompt.js';
import { videoSteps } from './video-steps.js';
import { isStepOver, STEP_REASONS, stepRequestId, type WorkflowStepRecord } from './workflow-step.js';
import type {
  EnhancementResponse,
  WorkflowResponse,
  WorkflowStatusResponse,
  WorkflowStepResponse,
} from './workflow-response.dto.js';

/** The answer to whoever began a workflow. Pure. */
export function workflowResponse(
  video: VideoRecord,
  step: WorkflowStepRecord,
  estimatedTime: number,
  warnings: readonly string[],
): WorkflowResponse {
  const { substitutions } = video.plan;
  return {
    workflowId: step.workflowId,
    videoId: video.id,
    enhancedPrompt: promptOf(video, step),
    status: publicStatus(video.state),
    enhancement: enhancementOf(step),
    ...(substitutions.length > 0 ? { substitutions: [...substitutions] } : {}),
    creditsUsed: creditsNumber(amountUsed(video) + step.charged),
    estimatedTime,
    ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
  };
}

/** How a workflow stands. Pure. */
export function workflowStatus(video: VideoRecord, step: WorkflowStepRecord): WorkflowStatusResponse {
  return {
    workflowId: step.workflowId,
    videoId: video.id,
    workflow: video.request.workflow,
    status: publicStatus(video.state),
    enhancedPrompt: promptOf(video, step),
    steps: [enhanceStep(step), ...videoSteps(video)],
    createdAt: video.createdAt.toISOString(),
  };
}

function promptOf(video: VideoRecord, step: WorkflowStepRecord): string {
  if (video.isReady) return video.prompt;
  return step.promptOut ?? styledPrompt(video.originalPrompt, video.request.style);
}

function enhancementOf({ workflowId, name, state, reason, startedAt }: WorkflowStepRecord): EnhancementResponse {
  return {
    used: state === 'done',
    ...(reason === null ? {} : { reason, message: STEP_REASONS[reason] }),
    ...(startedAt === null ? {} : { requestId: stepRequestId(workflowId, name) }),
  };
}

function enhanceStep(step: WorkflowStepRecord): WorkflowStepResponse {
  const { name, state, model, provider, charged, reason, startedAt, endedAt } = step;
  return {
    name,
    state,
    ...(model === null || model === '' ? {} : { model }),
    ...(provider === null || provider === '' ? {} : { provider }),
    ...(isStepOver(step) ? { credits: creditsNumber(charged) } : {}),
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    ...(reason === null ? {} : { error: { code: reason, message: STEP_REASONS[reason] } }),
  };
}
