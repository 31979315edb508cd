import type { TextCipher } from '../../common/encryption/text-cipher.js';
import type { LedgerPool } from '../../database/ledger-pool.js';
import { PLACES } from '../../video/store/video-texts.js';
import type { Change, SealedRows } from './reseal-all.js';

interface VideoRow {
  id: string;
  prompt: string;
  originalPrompt: string;
  style: string | null;
}

const READ = `SELECT id, prompt, original_prompt AS "originalPrompt", request->>'style' AS style
  FROM video.video WHERE id > $1 ORDER BY id LIMIT $2`;
const REPLACE = `UPDATE video.video v SET prompt = u.prompt, original_prompt = u.original_prompt,
    request = CASE WHEN u.style IS NULL THEN v.request ELSE jsonb_set(v.request, '{style}', to_jsonb(u.style)) END
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    u(id, prompt_was, prompt, original_prompt_was, original_prompt, style_was, style)
  WHERE v.id = u.id AND v.prompt = u.prompt_was AND v.original_prompt = u.original_prompt_was
    AND v.request->>'style' IS NOT DISTINCT FROM u.style_was RETURNING v.id`;

/** What was asked for. */
export class SealedVideos implements SealedRows<VideoRow> {
  constructor(
    private readonly pool: LedgerPool,
    private readonly cipher: TextCipher,
  ) {}

  read(after: VideoRow | undefined, limit: number): Promise<VideoRow[]> {
    return this.pool.query<VideoRow>('sealed_videos', READ, [after?.id ?? '', limit]);
  }

  reseal({ id, prompt, originalPrompt, style }: VideoRow): VideoRow | undefined {
    const anew = {
      prompt: this.cipher.reseal(prompt, PLACES.prompt(id)),
      originalPrompt: this.cipher.reseal(originalPrompt, PLACES.originalPrompt(id)),
      style: style === null ? undefined : this.cipher.reseal(style, PLACES.style(id)),
    };
    if (Object.values(anew).every((text) => text === undefined)) return undefined;
    return {
      id,
      prompt: anew.prompt ?? prompt,
      originalPrompt: anew.originalPrompt ?? originalPrompt,
      style: anew.style ?? style,
    };
  }

  async replace(changes: readonly Change<VideoRow>[]): Promise<number> {
    const rows = await this.pool.query('reseal_videos', REPLACE, [
      changes.map(({ was }) => was.id),
      changes.map(({ was }) => was.prompt),
      changes.map(({ becomes }) => becomes.prompt),
      changes.map(({ was }) => was.originalPrompt),
      changes.map(({ becomes }) => becomes.originalPrompt),
      changes.map(({ was }) => was.style),
      changes.map(({ becomes }) => becomes.style),
    ]);
    return rows.length;
  }
}
