import { Inject, Injectable } from '@nestjs/common';
import { TextCipher } from '../../common/encryption/text-cipher.js';
import { LedgerPool } from '../../database/ledger-pool.js';
import { publicStatus, VIDEO_STATES } from '../life/video-state.js';
import { VIDEO_COLUMNS, type VideoRecord } from './video-record.js';
import { VideoTexts } from './video-texts.js';

/** What is absent is not looked at. */
export interface VideoFilter {
  status?: ReturnType<typeof publicStatus>;
  sessionId?: string;
  workflowId?: string;
  /** Of the choice that is being made, or was. */
  provider?: string;
  model?: string;
  /** When it was ordered: from then on, and before that. */
  from?: Date;
  to?: Date;
}

/**
 * By keyset: a page never shifts while new videos come. The video that a page begins after is looked up, as JavaScript's
 * dates don't have the microseconds of a row's; one of another user is none.
 */
const SELECT_PAGE = `SELECT ${VIDEO_COLUMNS} FROM video.video
  WHERE user_id = $1
    AND ($2::text IS NULL OR (created_at, id) < (SELECT b.created_at, b.id FROM video.video b WHERE b.id = $2 AND b.user_id = $1))
    AND ($3::text[] IS NULL OR state = ANY ($3))
    AND ($4::text IS NULL OR session_id = $4)
    AND ($5::text IS NULL OR workflow_id = $5)
    AND ($6::text IS NULL OR plan->'choices'->choice->>'provider' = $6)
    AND ($7::text IS NULL OR plan->'choices'->choice->>'model' = $7)
    AND ($8::timestamptz IS NULL OR created_at >= $8)
    AND ($9::timestamptz IS NULL OR created_at < $9)
  ORDER BY created_at DESC, id DESC LIMIT $10`;

/** A user's own videos, newest first. */
@Injectable()
export class VideoListing {
  private readonly texts: VideoTexts;

  constructor(
    @Inject(LedgerPool) private readonly pool: LedgerPool,
    @Inject(TextCipher) cipher: TextCipher = TextCipher.OFF,
  ) {
    this.texts = new VideoTexts(cipher);
  }

  /** @param after the id of the last video of the page before; absent: the newest */
  async page(userId: string, filter: VideoFilter, limit: number, after?: string): Promise<VideoRecord[]> {
    const { status, sessionId, workflowId, provider, model, from, to } = filter;
    const rows = await this.pool.query<VideoRecord>('video_page', SELECT_PAGE, [
      userId,
      after ?? null,
      status === undefined ? null : VIDEO_STATES.filter((state) => publicStatus(state) === status),
      sessionId ?? null,
      workflowId ?? null,
      provider ?? null,
      model ?? null,
      from?.toISOString() ?? null,
      to?.toISOString() ?? null,
      limit,
    ]);
    return rows.map((row) => this.texts.open(row));
  }
}
