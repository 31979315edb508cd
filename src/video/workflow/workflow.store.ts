import { Inject, Injectable } from '@nestjs/common';
import { TextCipher } from '../../common/encryption/text-cipher.js';
import { LedgerPool } from '../../database/ledger-pool.js';
import { VIDEO_COLUMNS, type VideoRecord } from '../store/video-record.js';
import { VideoTexts } from '../store/video-texts.js';
import { unusedOutcome } from './unused-outcome.js';
import type { StepReason, WorkflowStepName, WorkflowStepRecord } from './workflow-step.js';

/** What a step is held for. */
export interface StepHold {
  model: string;
  provider: string;
  /** Micro-credits. */
  amount: bigint;
  /** JSON text, kept with the hold. */
  terms: string;
}

export interface StepBegun {
  result: 'begun' | 'over' | 'cancelled' | 'insufficient' | 'frozen' | 'no_account' | 'invalid' | 'closed';
  /** Which of its attempts this one is; only it ends the step. */
  attempt: number;
}

/** How a step ends. */
export interface StepEnd {
  state: 'done' | 'failed' | 'skipped';
  prompt?: string;
  model?: string;
  provider?: string;
  /** Micro-credits. */
  cost: bigint;
  reason?: StepReason;
  /** JSON text: the receipt. */
  outcome: string;
}

/** An earlier prompt of a session, and what became of it. */
export interface EarlierPrompt {
  original: string;
  enhanced: string;
}

type EarlierVideo = Pick<VideoRecord, 'id' | 'prompt' | 'originalPrompt'>;

/** Of a video that waits for its workflow. */
export interface WaitingWorkflow {
  workflowId: string;
  videoId: string;
}

/** The longest that a step's credits are held, whatever happens to it. */
const HOLD_TTL_MS = 3_600_000;
const STEP_COLUMNS = `workflow_id AS "workflowId", name, video_id AS "videoId", state, attempts, prompt_in AS "promptIn",
  prompt_out AS "promptOut", model, provider, charged, reason, started_at AS "startedAt", ended_at AS "endedAt"`;
const BEGIN = 'SELECT result, attempt FROM video.begin_workflow_step($1, $2, $3, $4, $5, $6, $7)';
const END = 'SELECT result, charged FROM video.end_workflow_step($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)';
/** Only prompts that are final: of videos whose own workflow is through. */
const EARLIER = `SELECT id, original_prompt AS "originalPrompt", prompt FROM video.video
  WHERE user_id = $1 AND session_id = $2 AND id <> $3 AND created_at <= $4 AND is_ready AND original_prompt <> ''
  ORDER BY created_at DESC LIMIT $5`;
const WAITING = `SELECT workflow_id AS "workflowId", id AS "videoId" FROM video.video
  WHERE NOT is_ready AND state = 'queued' AND workflow_id IS NOT NULL AND created_at < clock_timestamp() - $1 * interval '1 ms'
  ORDER BY created_at LIMIT $2`;

/**
 * Workflows in the database: a workflow is its video's row and a row for each step before it. What moves a step is one
 * transaction that compares where it stands, and holds or charges what it costs.
 */
@Injectable()
export class WorkflowStore {
  private readonly texts: VideoTexts;

  constructor(
    @Inject(LedgerPool) private readonly pool: LedgerPool,
    @Inject(TextCipher) cipher: TextCipher = TextCipher.OFF,
  ) {
    this.texts = new VideoTexts(cipher);
  }

  async findStep(workflowId: string, name: WorkflowStepName): Promise<WorkflowStepRecord | undefined> {
    const [row] = await this.pool.query<WorkflowStepRecord>(
      'workflow_step_find',
      `SELECT ${STEP_COLUMNS} FROM video.workflow_step WHERE workflow_id = $1 AND name = $2`,
      [workflowId, name],
    );
    return row && this.texts.openStep(row);
  }

  /** The video of a workflow of that user; another user's is none. */
  async findOwnVideo(userId: string, workflowId: string): Promise<VideoRecord | undefined> {
    const [row] = await this.pool.query<VideoRecord>(
      'workflow_video',
      `SELECT ${VIDEO_COLUMNS} FROM video.video WHERE workflow_id = $1 AND user_id = $2`,
      [workflowId, userId],
    );
    return row && this.texts.open(row);
  }

  /** Holds what the step may cost; one whose process died is begun again, with the hold that is there. */
  async beginStep(workflowId: string, name: WorkflowStepName, hold: StepHold): Promise<StepBegun> {
    const { model, provider, amount, terms } = hold;
    const values = [workflowId, name, model, provider, amount, HOLD_TTL_MS, terms];
    const [row] = await this.pool.query<StepBegun>('workflow_step_begin', BEGIN, values);
    return row!;
  }

  /**
   * Ends a step and charges it, unless it is over; what belongs to a cancelled video ends as skipped, for nothing.
   * @param attempt null: whoever runs it
   * @returns whether this call ended it
   */
  async endStep(
    workflowId: string,
    name: WorkflowStepName,
    attempt: number | null,
    { state, prompt, model, provider, cost, reason, outcome }: StepEnd,
  ): Promise<boolean> {
    const [row] = await this.pool.query<{ result: 'ended' | 'stale' }>('workflow_step_end', END, [
      workflowId,
      name,
      attempt,
      state,
      prompt === undefined ? null : this.texts.sealStep(workflowId, name, prompt),
      model ?? null,
      provider ?? null,
      cost,
      reason ?? null,
      outcome,
    ]);
    return row!.result === 'ended';
  }

  /** Has a step left out, whoever is at it: nothing of it is charged. @returns false where it is over already */
  skipStep(workflowId: string, name: WorkflowStepName, reason: StepReason): Promise<boolean> {
    return this.endStep(workflowId, name, null, { state: 'skipped', cost: 0n, reason, outcome: unusedOutcome() });
  }

  /** The last prompts of a video's session, oldest first. */
  async earlierPrompts(video: VideoRecord, limit: number): Promise<EarlierPrompt[]> {
    if (video.sessionId === null) return [];
    const { userId, sessionId, id, createdAt } = video;
    const values = [userId, sessionId, id, createdAt, limit];
    const rows = await this.pool.query<EarlierVideo>('workflow_session', EARLIER, values);
    return rows.reverse().map((row) => {
      const { originalPrompt: original, prompt: enhanced } = this.texts.open(row);
      return { original, enhanced };
    });
  }

  /** Videos that have waited so long for their workflow, some of many, the oldest first. */
  waitingLongerThan(forMs: number, limit: number): Promise<WaitingWorkflow[]> {
    return this.pool.query<WaitingWorkflow>('workflows_waiting', WAITING, [forMs, limit]);
  }
}
