import type { TextCipher } from '../../common/encryption/text-cipher.js';
import type { LedgerPool } from '../../database/ledger-pool.js';
import { PLACES } from '../../video/store/video-texts.js';
import type { Change, SealedRows } from './reseal-all.js';

interface StepRow {
  workflowId: string;
  name: string;
  videoId: string;
  promptIn: string;
  promptOut: string | null;
}

const READ = `SELECT workflow_id AS "workflowId", name, video_id AS "videoId", prompt_in AS "promptIn", prompt_out AS "promptOut"
  FROM video.workflow_step WHERE (workflow_id, name) > ($1, $2) ORDER BY workflow_id, name LIMIT $3`;
const REPLACE = `SELECT video.reseal_steps($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS count`;

/** The prompts of workflows, before and after a step. */
export class SealedSteps implements SealedRows<StepRow> {
  constructor(
    private readonly pool: LedgerPool,
    private readonly cipher: TextCipher,
  ) {}

  read(after: StepRow | undefined, limit: number): Promise<StepRow[]> {
    return this.pool.query<StepRow>('sealed_steps', READ, [after?.workflowId ?? '', after?.name ?? '', limit]);
  }

  reseal(row: StepRow): StepRow | undefined {
    const { workflowId, name, videoId, promptIn, promptOut } = row;
    const before = this.cipher.reseal(promptIn, PLACES.originalPrompt(videoId));
    const behind = promptOut === null ? undefined : this.cipher.reseal(promptOut, PLACES.promptOut(workflowId, name));
    if (before === undefined && behind === undefined) return undefined;
    return { ...row, promptIn: before ?? promptIn, promptOut: behind ?? promptOut };
  }

  async replace(changes: readonly Change<StepRow>[]): Promise<number> {
    const [row] = await this.pool.query<{ count: number }>('reseal_steps', REPLACE, [
      changes.map(({ was }) => was.workflowId),
      changes.map(({ was }) => was.name),
      changes.map(({ was }) => was.promptIn),
      changes.map(({ becomes }) => becomes.promptIn),
      changes.map(({ was }) => was.promptOut),
      changes.map(({ becomes }) => becomes.promptOut),
    ]);
    return row!.count;
  }
}
