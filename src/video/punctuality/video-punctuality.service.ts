import { Inject, Injectable } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { LedgerPool } from '../../database/ledger-pool.js';
import { IS_STANDARD_VIDEO } from './standard-video.js';

const WINDOW_MS = 3_600_000;

/** How soon standard videos (720p, at most 8 s) can be played. */
export interface VideoFigures {
  /** Completed within the last hour, or the window that was asked for. */
  completed: number;
  /** From the order to the file that plays: what 95 % of them took at most, in milliseconds; null: there were none. */
  p95PlayableMs: number | null;
  /** Of them, and of those under way, the ones that took or have taken longer than they may (VIDEO_LATE_MS). */
  late: number;
  /** Not over yet. */
  underWay: number;
}

const FIGURES = `
  WITH standard AS (
    SELECT state, (extract(epoch FROM coalesce(ended_at, clock_timestamp()) - created_at) * 1000)::float8 AS took_ms
    FROM video.video
    WHERE (state NOT IN ('completed', 'failed', 'cancelled')
        OR (state = 'completed' AND media_deleted_at IS NULL AND ended_at > clock_timestamp() - $2 * interval '1 ms'))
      AND ${IS_STANDARD_VIDEO})
  SELECT count(*) FILTER (WHERE state = 'completed')::int AS completed,
         count(*) FILTER (WHERE state <> 'completed')::int AS "underWay",
         count(*) FILTER (WHERE took_ms > $1)::int AS late,
         round(percentile_cont(0.95) WITHIN GROUP (ORDER BY took_ms) FILTER (WHERE state = 'completed'))::int AS "p95PlayableMs"
  FROM standard`;

/** Whether videos are ready in time. */
@Injectable()
export class VideoPunctuality {
  private readonly lateMs: number;

  constructor(
    @Inject(LedgerPool) private readonly pool: LedgerPool,
    @Inject(ENVIRONMENT) { video }: Environment,
  ) {
    this.lateMs = video.lateMs;
  }

  /** @param windowMs how long ago a video may have been completed to be among them */
  async figures(windowMs = WINDOW_MS): Promise<VideoFigures> {
    const [row] = await this.pool.query<VideoFigures>('video_figures', FIGURES, [this.lateMs, windowMs]);
    return row!;
  }
}
