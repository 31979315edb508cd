import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';
import { VIDEO_COLUMNS, type UnreadVideo, type VideoRecord } from './video-record.js';

/** Videos that are looked for rather than asked about: overdue, frozen, with files that nobody needs any more. */
@Injectable()
export class VideoSweeps {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  /** Videos of frozen accounts: what is held for them is to be stopped. @returns those that were not asked yet */
  askFrozenToCancel(): Promise<Pick<VideoRecord, 'id' | 'state'>[]> {
    return this.pool.query<Pick<VideoRecord, 'id' | 'state'>>(
      'video_ask_frozen',
      `UPDATE video.video v SET cancel_asked_at = clock_timestamp(), due_at = clock_timestamp() FROM ledger.hold h
       WHERE h.node_id = 'videos' AND h.status = 'pending' AND h.stop_why IS NOT NULL AND h.request_id = 'video:' || v.id
         AND h.account_id = 'user:' || v.user_id AND v.state NOT IN ('completed', 'failed', 'cancelled')
         AND v.cancel_asked_at IS NULL RETURNING v.id, v.state`,
    );
  }

  /** Videos whose next step should have happened this long ago, some of many, at random: their job may be lost. */
  overdue(byMs: number, limit: number): Promise<UnreadVideo[]> {
    return this.pool.query<UnreadVideo>(
      'video_overdue',
      `SELECT ${VIDEO_COLUMNS} FROM video.video
       WHERE state NOT IN ('completed', 'failed', 'cancelled') AND is_ready AND due_at < clock_timestamp() - $1 * interval '1 ms'
       ORDER BY random() LIMIT $2`,
      [byMs, limit],
    );
  }

  /** Ended videos whose files have been kept for long enough. */
  withOldFiles(keepMs: number, limit: number): Promise<UnreadVideo[]> {
    return this.pool.query<UnreadVideo>(
      'video_old_files',
      `SELECT ${VIDEO_COLUMNS} FROM video.video
       WHERE media_deleted_at IS NULL AND ended_at < clock_timestamp() - $1 * interval '1 ms' ORDER BY ended_at LIMIT $2`,
      [keepMs, limit],
    );
  }

  /** The files of a video that is over are gone; what is known of it stays. @returns false where that was so already */
  async filesDeleted(id: string): Promise<boolean> {
    const rows = await this.pool.query(
      'video_files_deleted',
      `UPDATE video.video SET media_deleted_at = clock_timestamp(), updated_at = clock_timestamp()
       WHERE id = $1 AND media_deleted_at IS NULL AND ended_at IS NOT NULL RETURNING id`,
      [id],
    );
    return rows.length > 0;
  }

  /** Empties what users said of videos that ended so long ago. @returns of how many; fewer than `limit`: there are no more */
  async letTextsGo(keepMs: number, limit: number): Promise<number> {
    const sql = 'SELECT video.let_texts_go($1, $2) AS count';
    const [row] = await this.pool.query<{ count: number }>('video_let_texts_go', sql, [keepMs, limit]);
    return row!.count;
  }

  /** Those among these keys that a video builds on whose files are still kept. */
  async inputsInUse(keys: readonly string[]): Promise<Set<string>> {
    const rows = await this.pool.query<{ key: string }>(
      'video_inputs_in_use',
      `SELECT input->>'key' AS key FROM video.video WHERE input IS NOT NULL AND input->>'key' = ANY ($1::text[]) AND media_deleted_at IS NULL`,
      [keys],
    );
    return new Set(rows.map(({ key }) => key));
  }
}
