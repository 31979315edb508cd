import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';
import { publicStatus, VIDEO_STATES, type VideoState } from '../life/video-state.js';
import type { VideoFilter } from './video-listing.store.js';
import type { VideoRecord } from './video-record.js';

/** What came of it at the provider, as far as an operator found out. */
export const VIDEO_RESOLUTIONS = ['charged', 'not_charged', 'refunded', 'unknown'] as const;
export type VideoResolution = (typeof VIDEO_RESOLUTIONS)[number];

/** What an operator found out, and who that was. */
export interface VideoVerdict {
  resolution: VideoResolution;
  note: string;
  by: string;
}

/** A video as operators see it: without what its user wrote. */
export interface AdministeredVideo extends Pick<
  VideoRecord,
  | 'id'
  | 'userId'
  | 'workflowId'
  | 'state'
  | 'plan'
  | 'choice'
  | 'amount'
  | 'connectionId'
  | 'jobId'
  | 'submits'
  | 'deliveredSeconds'
  | 'providerCostUsd'
  | 'media'
  | 'error'
  | 'charged'
  | 'createdAt'
  | 'submittedAt'
  | 'finishedAt'
  | 'endedAt'
> {
  providerFault: string | null;
  isFlagged: boolean;
  resolution: VideoResolution | null;
  /** null: there is none, or it was erased with its user's texts. */
  note: string | null;
  resolvedBy: string | null;
  resolvedAt: Date | null;
}

/** What is absent is not looked at. */
export interface AdministeredVideoFilter extends VideoFilter {
  userId?: string;
  state?: VideoState;
  isFlagged?: boolean;
  isResolved?: boolean;
}

const COLUMNS = `id, user_id AS "userId", workflow_id AS "workflowId", state, plan, choice, amount, connection_id AS "connectionId",
  job_id AS "jobId", submits, delivered_seconds AS "deliveredSeconds", provider_cost_usd AS "providerCostUsd", media, error, charged,
  created_at AS "createdAt", submitted_at AS "submittedAt", finished_at AS "finishedAt", ended_at AS "endedAt",
  provider_fault AS "providerFault", is_flagged AS "isFlagged", resolution, resolution_note AS note, resolved_by AS "resolvedBy",
  resolved_at AS "resolvedAt"`;

/**
 * By keyset, as VideoListing's. What is common and has an index of its own (a user's, the flagged ones) is in the text: a
 * prepared statement is planned once for all values of its parameters.
 */
const selectPage = (isOfUser: boolean, isFlagged: boolean) => `SELECT ${COLUMNS} FROM video.video
  WHERE ($1::text IS NULL OR (created_at, id) < (SELECT b.created_at, b.id FROM video.video b WHERE b.id = $1))
    AND ${isOfUser ? 'user_id = $2' : '$2::text IS NULL'}
    AND ${isFlagged ? 'is_flagged AND $3::bool' : '($3::bool IS NULL OR is_flagged = $3)'}
    AND ($4::bool IS NULL OR (resolution IS NOT NULL) = $4)
    AND ($5::text[] IS NULL OR state = ANY ($5))
    AND ($6::text IS NULL OR session_id = $6)
    AND ($7::text IS NULL OR workflow_id = $7)
    AND ($8::text IS NULL OR plan->'choices'->choice->>'provider' = $8)
    AND ($9::text IS NULL OR plan->'choices'->choice->>'model' = $9)
    AND ($10::timestamptz IS NULL OR created_at >= $10)
    AND ($11::timestamptz IS NULL OR created_at < $11)
  ORDER BY created_at DESC, id DESC LIMIT $12`;

/** Everybody's videos, newest first, and what operators say of those that are flagged. */
@Injectable()
export class AdministeredVideos {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  /** @param after the id of the last video of the page before; absent: the newest */
  page(filter: AdministeredVideoFilter, limit: number, after?: string): Promise<AdministeredVideo[]> {
    const { userId, isFlagged, isResolved, sessionId, workflowId, provider, model, from, to } = filter;
    const isOfUser = userId !== undefined;
    const name = `administered_videos${isOfUser ? '_of_user' : ''}${isFlagged ? '_flagged' : ''}`;
    return this.pool.query<AdministeredVideo>(name, selectPage(isOfUser, isFlagged === true), [
      after ?? null,
      userId ?? null,
      isFlagged ?? null,
      isResolved ?? null,
      statesOf(filter),
      sessionId ?? null,
      workflowId ?? null,
      provider ?? null,
      model ?? null,
      from?.toISOString() ?? null,
      to?.toISOString() ?? null,
      limit,
    ]);
  }

  async find(id: string): Promise<AdministeredVideo | undefined> {
    const sql = `SELECT ${COLUMNS} FROM video.video WHERE id = $1`;
    return (await this.pool.query<AdministeredVideo>('administered_video', sql, [id]))[0];
  }

  /** The last word holds. @returns undefined: there is none, or it is not flagged */
  async resolve(id: string, { resolution, note, by }: VideoVerdict): Promise<AdministeredVideo | undefined> {
    const sql = `UPDATE video.video SET resolution = $2, resolution_note = $3, resolved_by = $4, resolved_at = clock_timestamp()
      WHERE id = $1 AND is_flagged RETURNING ${COLUMNS}`;
    return (await this.pool.query<AdministeredVideo>('resolve_video', sql, [id, resolution, note, by]))[0];
  }
}

function statesOf({ status, state }: AdministeredVideoFilter): VideoState[] | null {
  if (status === undefined && state === undefined) return null;
  return VIDEO_STATES.filter(
    (each) => (status ?? publicStatus(each)) === publicStatus(each) && (state ?? each) === each,
  );
}
