import { ApiProperty } from '@nestjs/swagger';
import { PUBLIC_STATUSES, SubstitutionResponse, type PublicStatus } from '../api/video-status.dto.js';
import { STEP_REASONS, type StepReason, type WorkflowStepState } from './workflow-step.js';
import { WORKFLOWS, type Workflow } from './workflow.dto.js';

const REASONS = Object.keys(STEP_REASONS) as StepReason[];

/** What became of the prompt. */
export class EnhancementResponse {
  @ApiProperty({ description: 'false: the video is made of the prompt as it was given' })
  used!: boolean;

  @ApiProperty({ enum: REASONS, enumName: 'StepReason', required: false, description: 'Why it is not used' })
  reason?: StepReason;

  @ApiProperty({ required: false, description: 'The same for people; it may change' })
  message?: string;

  @ApiProperty({ required: false, description: 'GET /api/mcp/requests/{requestId} is its receipt' })
  requestId?: string;
}

/** A workflow that was begun. */
export class WorkflowResponse {
  @ApiProperty({ format: 'uuid' })
  workflowId!: string;

  @ApiProperty({ format: 'uuid' })
  videoId!: string;

  @ApiProperty({ description: 'What the video is made of' })
  enhancedPrompt!: string;

  @ApiProperty({ enum: PUBLIC_STATUSES })
  status!: PublicStatus;

  @ApiProperty({ type: EnhancementResponse })
  enhancement!: EnhancementResponse;

  @ApiProperty({
    type: [SubstitutionResponse],
    required: false,
    description: 'What was left out and is not as its default',
  })
  substitutions?: SubstitutionResponse[];

  @ApiProperty({ example: 1600.05, description: 'Of the prompt and the video; until it is over: what it will cost' })
  creditsUsed!: number;

  @ApiProperty({ type: 'integer', example: 110, description: 'Seconds until the video can be played, by experience' })
  estimatedTime!: number;

  @ApiProperty({ type: [String], required: false, description: 'What of the request makes no difference' })
  warnings?: string[];
}

/** A step of a workflow. */
export class WorkflowStepResponse {
  @ApiProperty({ enum: ['enhance', 'generate', 'upscale'] })
  name!: 'enhance' | 'generate' | 'upscale';

  @ApiProperty({ enum: ['waiting', 'running', 'done', 'failed', 'skipped'] })
  state!: WorkflowStepState;

  @ApiProperty({ required: false, example: 'gpt-4o-mini' })
  model?: string;

  @ApiProperty({ required: false, example: 'openai' })
  provider?: string;

  @ApiProperty({ required: false, example: 0.052, description: 'What it cost, once it is over' })
  credits?: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  startedAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt!: string | null;

  @ApiProperty({
    type: 'object',
    properties: { code: { type: 'string' }, message: { type: 'string' } },
    selfRequired: false,
  })
  error?: { code: string; message: string };
}

/** How a workflow stands. */
export class WorkflowStatusResponse {
  @ApiProperty({ format: 'uuid' })
  workflowId!: string;

  @ApiProperty({ format: 'uuid' })
  videoId!: string;

  @ApiProperty({ enum: WORKFLOWS })
  workflow!: Workflow;

  @ApiProperty({ enum: PUBLIC_STATUSES })
  status!: PublicStatus;

  @ApiProperty({ description: 'As it was given, until its enhancement is over' })
  enhancedPrompt!: string;

  @ApiProperty({ type: [WorkflowStepResponse] })
  steps!: WorkflowStepResponse[];

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}
