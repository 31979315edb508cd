import { Inject, Injectable } from '@nestjs/common';
import { accountIdOf } from '../billing/accounts/account-id.js';
import type { StreamKey } from '../billing/ledger/ledger-operations.js';
import { QUEUE_OWNER } from '../billing/ledger/queue-ledger.js';
import { LedgerPool } from '../database/ledger-pool.js';
import { VIDEO_COLUMNS, type UnreadVideo } from '../video/store/video-record.js';

/** Rows that one statement empties. */
export const BATCH = 500;

const PENDING = `SELECT account_id AS "accountId", request_id AS "requestId" FROM ledger.hold
  WHERE account_id = $1 AND status = 'pending' AND request_id LIKE 'ws:%' LIMIT $2`;
/** A job goes when its request ends; that of a worker that died goes when it is noticed, which takes seconds. */
const QUEUED = `SELECT account_id AS "accountId", request_id AS "requestId" FROM ledger.hold
  WHERE account_id = $1 AND node_id = '${QUEUE_OWNER}' AND (status = 'pending' OR closed_at > clock_timestamp() - interval '10 minutes')`;
const OPEN_VIDEOS = `SELECT id FROM video.video
  WHERE user_id = $1 AND erased_at IS NULL AND state NOT IN ('completed', 'failed', 'cancelled') LIMIT $2`;
const WITH_FILES = `SELECT ${VIDEO_COLUMNS} FROM video.video
  WHERE user_id = $1 AND erased_at IS NULL AND media_deleted_at IS NULL AND ended_at IS NOT NULL LIMIT $2`;
const VIDEO_NOTES = `UPDATE video.video SET resolution_note = NULL WHERE user_id = $1 AND resolution_note IS NOT NULL RETURNING id`;
const COUNTS = `SELECT
  (SELECT count(*)::int FROM ledger.hold WHERE account_id = $1 AND status = 'pending' AND request_id LIKE 'ws:%') AS requests,
  (SELECT count(*)::int FROM video.video WHERE user_id = $2 AND erased_at IS NULL) AS videos`;

/** The rows that hold text of one user. */
@Injectable()
export class UserTexts {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  /** Requests that have no end yet. */
  pendingRequests(userId: string, limit: number): Promise<StreamKey[]> {
    return this.pool.query<StreamKey>('erasure_pending', PENDING, [accountIdOf(userId), limit]);
  }

  /** Requests that may have a job. */
  queuedRequests(userId: string): Promise<StreamKey[]> {
    return this.pool.query<StreamKey>('erasure_queued', QUEUED, [accountIdOf(userId)]);
  }

  /** Videos that are under way. */
  openVideos(userId: string, limit: number): Promise<{ id: string }[]> {
    return this.pool.query<{ id: string }>('erasure_open_videos', OPEN_VIDEOS, [userId, limit]);
  }

  /** Videos that are over and may have files. */
  videosWithFiles(userId: string): Promise<UnreadVideo[]> {
    return this.pool.query<UnreadVideo>('erasure_files', WITH_FILES, [userId, BATCH]);
  }

  /** Empties some of the log's rows. @returns how many; fewer than BATCH: there are no more */
  eraseLog(userId: string): Promise<number> {
    return this.count('erase_log', 'SELECT ledger.erase_log($1, $2) AS count', [accountIdOf(userId), BATCH]);
  }

  /** As eraseLog, of answers of requests in the background. */
  eraseBackgroundAnswers(userId: string): Promise<number> {
    const sql = 'SELECT ledger.erase_durable_answers($1, $2) AS count';
    return this.count('erase_durable_answers', sql, [accountIdOf(userId), BATCH]);
  }

  /** As eraseLog, of videos that are over and without files. */
  eraseVideos(userId: string): Promise<number> {
    return this.count('erase_videos', 'SELECT video.erase_texts($1, $2) AS count', [userId, BATCH]);
  }

  /** What administrators gave as reasons that still hold, and wrote of videos. @returns how many */
  async eraseNotes(userId: string): Promise<number> {
    const sql = 'SELECT ledger.erase_account_notes($1) AS count';
    const notes = await this.pool.query('erase_video_notes', VIDEO_NOTES, [userId]);
    return notes.length + (await this.count('erase_notes', sql, [accountIdOf(userId)]));
  }

  /** What has no end yet, and videos that are not erased. */
  async countRemaining(userId: string): Promise<{ requests: number; videos: number }> {
    const values = [accountIdOf(userId), userId];
    const [row] = await this.pool.query<{ requests: number; videos: number }>('erasure_remaining', COUNTS, values);
    return row!;
  }

  private async count(name: string, sql: string, values: unknown[]): Promise<number> {
    const [row] = await this.pool.query<{ count: number }>(name, sql, values);
    return row!.count;
  }
}
