import type { Pool } from 'pg';
import type { VideoState } from '../../../src/video/life/video-state.js';
import type { VideoFile } from '../../../src/video/store/video-record.js';
import type { StoredMedia } from '../../../src/media/media-store.js';

/** A video as it stands in the database. */
export interface VideoRow {
  id: string;
  userId: string;
  marker: string | null;
  state: VideoState;
  jobId: string | null;
  submits: number;
  /** Of them, those that were clearly not taken. */
  refusals: number;
  polls: number;
  media: VideoFile | null;
  thumbnail: StoredMedia | null;
  error: { code: string } | null;
  /** Micro-credits, as text. */
  charged: string | null;
  isFlagged: boolean;
  createdAt: Date;
  submittingAt: Date | null;
  finishedAt: Date | null;
  endedAt: Date | null;
}

export async function readVideos(pool: Pool): Promise<VideoRow[]> {
  const { rows } = await pool.query<VideoRow>(`SELECT id, user_id AS "userId", idempotency_key AS marker, state,
    job_id AS "jobId", submits, refusals, polls, media, thumbnail, error, charged, is_flagged AS "isFlagged", created_at AS "createdAt",
    submitting_at AS "submittingAt", finished_at AS "finishedAt", ended_at AS "endedAt" FROM video.video`);
  return rows;
}

/** How many charges wait for a lock at this moment. */
export async function countSettling(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%video.end_video(%'`,
  );
  return rows[0]!.count;
}

/** Videos whose order waits in the queue, where the queue is in the database. */
export async function readSubmitJobs(pool: Pool): Promise<Set<string>> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT data->>'videoId' AS id FROM bullmq.job WHERE queue = 'videos' AND name = 'submit'`,
  );
  return new Set(rows.map(({ id }) => id));
}
