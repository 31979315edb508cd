import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';
import type { VideoPlan } from '../plan/video-plan.js';
import type { FallBack } from './video-moves.js';
import type { VideoJobKey } from './video-record.js';

/**
 * From the first step of a video of two to the second one, and back to the first one's file where that fails. Each is one
 * statement that compares what the video is and sets the next; `false` says that it is elsewhere in its life.
 */
@Injectable()
export class VideoSecondStep {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  /** The first file is there: the row goes through its life once more. @param plan of the second step */
  begin({ id, jobId }: VideoJobKey, plan: VideoPlan): Promise<boolean> {
    return this.move(
      'video_begin_second_step',
      `UPDATE video.video SET state = 'queued', plan = $3::jsonb, choice = 0, media = NULL, thumbnail = NULL, progress = 0,
         connection_id = NULL, job_id = NULL, refusals = 0, refused_since = NULL, poll_faults = 0, times_unknown = 0,
         delivered_seconds = NULL, provider_cost_usd = NULL, submitting_at = NULL, submitted_at = NULL, finished_at = NULL,
         due_at = clock_timestamp(), updated_at = clock_timestamp()
       WHERE id = $1 AND job_id = $2 AND state = 'copying' AND media IS NOT NULL AND plan ? 'then' RETURNING id`,
      [id, jobId, JSON.stringify(plan)],
    );
  }

  /**
   * The second step came to nothing, or isn't begun: the first one's file is the video, and waits to be charged. Not where
   * it is to be cancelled; but what is being brought here is too late for that.
   */
  fallBack(id: string, { plan, from, jobId, providerFault, isFlagged }: FallBack): Promise<boolean> {
    const { media, thumbnail, providerCostUsd } = plan.before!;
    return this.move(
      'video_fall_back',
      `UPDATE video.video SET state = 'copying', plan = $2::jsonb, choice = 0, media = $3::jsonb, thumbnail = $4::jsonb,
         provider_cost_usd = $5, provider_fault = coalesce($6, provider_fault), is_flagged = is_flagged OR $7,
         due_at = clock_timestamp(), updated_at = clock_timestamp()
       WHERE id = $1 AND state = ANY ($8) AND ($9::text IS NULL OR job_id = $9) AND (media IS NULL OR plan ? 'then')
         AND (cancel_asked_at IS NULL OR state = 'copying' AND NOT plan ? 'then') RETURNING id`,
      [
        id,
        JSON.stringify(plan),
        JSON.stringify(media),
        thumbnail ? JSON.stringify(thumbnail) : null,
        providerCostUsd,
        providerFault ?? null,
        isFlagged,
        from,
        jobId,
      ],
    );
  }

  private async move(name: string, sql: string, values: unknown[]): Promise<boolean> {
    return (await this.pool.query(name, sql, values)).length > 0;
  }
}
