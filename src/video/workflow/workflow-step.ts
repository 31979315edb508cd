/** What comes before the video itself. */
export type WorkflowStepName = 'enhance';

export type WorkflowStepState = 'waiting' | 'running' | 'done' | 'failed' | 'skipped';

/** Why a prompt was not enhanced, and what is said of it. Whatever it is, the video is made of the original prompt. */
export const STEP_REASONS = {
  not_needed: 'What was asked for takes no prompt.',
  not_configured: 'No text model is configured that enhances prompts.',
  no_price: 'The text model that enhances prompts has no price, so it is not used.',
  insufficient_credits: 'The balance does not cover the enhancement.',
  account_frozen: 'The account is frozen.',
  provider_failed: 'No text provider could answer.',
  timeout: 'The text model took too long.',
  unusable_answer: 'The text model gave no usable prompt.',
  unavailable: 'The enhancement could not be run.',
  cancelled: 'The video was cancelled.',
} as const;
export type StepReason = keyof typeof STEP_REASONS;

/** A row of video.workflow_step. */
export interface WorkflowStepRecord {
  workflowId: string;
  name: WorkflowStepName;
  videoId: string;
  state: WorkflowStepState;
  attempts: number;
  promptIn: string;
  /** Of a step that is done. */
  promptOut: string | null;
  model: string | null;
  provider: string | null;
  /** Micro-credits. */
  charged: bigint;
  reason: StepReason | null;
  startedAt: Date | null;
  endedAt: Date | null;
}

/** The receipt's id of a step: `GET /api/mcp/requests/:id`. */
export function stepRequestId(workflowId: string, name: WorkflowStepName): string {
  return `${workflowId}-${name}`;
}

export function isStepOver({ state }: Pick<WorkflowStepRecord, 'state'>): boolean {
  return state !== 'waiting' && state !== 'running';
}
