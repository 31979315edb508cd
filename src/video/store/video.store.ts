import { Inject, Injectable } from '@nestjs/common';
import { TextCipher } from '../../common/encryption/text-cipher.js';
import { LedgerPool } from '../../database/ledger-pool.js';
import type { StoredMedia } from '../../media/media-store.js';
import { statesBefore, type VideoState } from '../life/video-state.js';
import type { CreatedVideo, NewVideo, Noted, PollFault, PollNote, VideoEnd } from './video-moves.js';
import { VIDEO_COLUMNS, type VideoFile, type VideoJobKey, type VideoRecord } from './video-record.js';
import { VideoTexts } from './video-texts.js';

const BEGIN = `SELECT result, id, available, quota
  FROM video.begin_video($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10::jsonb, $11::jsonb, $12, $13, $14, $15, $16, $17)`;
const END = 'SELECT result, charged FROM video.end_video($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9)';
const IS_OPEN = `state NOT IN ('completed', 'failed', 'cancelled')`;
const IS_UNDER_WAY = `state IN ('submitted', 'processing') AND job_id = $2`;
/** The provider was there, and knew the job. */
const ANSWERED = 'poll_faults = 0, times_unknown = 0';
const DUE = (parameter: string) => `due_at = clock_timestamp() + ${parameter} * interval '1 ms'`;

/**
 * Videos in the database. Every method that moves one is a single statement that compares the state it is in and sets
 * the next; `false` says that another process was there first, or that the video is elsewhere in its life.
 */
@Injectable()
export class VideoStore {
  private readonly texts: VideoTexts;

  constructor(
    @Inject(LedgerPool) private readonly pool: LedgerPool,
    @Inject(TextCipher) cipher: TextCipher = TextCipher.OFF,
  ) {
    this.texts = new VideoTexts(cipher);
  }

  /** Makes a video and holds its credits, together or not at all. */
  async create(video: NewVideo): Promise<CreatedVideo> {
    const { request, prompt, originalPrompt } = this.texts.seal(video.id, video);
    const [row] = await this.pool.query<CreatedVideo>('video_begin', BEGIN, [
      video.id,
      video.userId,
      video.sessionId ?? null,
      video.idempotencyKey ?? null,
      video.fingerprint,
      video.workflowId ?? null,
      JSON.stringify(request),
      prompt,
      originalPrompt,
      video.input ? JSON.stringify(video.input) : null,
      JSON.stringify(video.plan),
      video.amount,
      video.holdTtlMs,
      video.terms,
      video.isReady,
      video.claim?.limits ?? null,
      video.claim?.tokenName ?? null,
    ]);
    return row!;
  }

  async find(id: string): Promise<VideoRecord | undefined> {
    const [row] = await this.pool.query<VideoRecord>(
      'video_find',
      `SELECT ${VIDEO_COLUMNS} FROM video.video WHERE id = $1`,
      [id],
    );
    return row && this.texts.open(row);
  }

  /** What the user's idempotency key has made. */
  async findByKey(
    userId: string,
    idempotencyKey: string,
  ): Promise<(VideoRecord & { fingerprint: string }) | undefined> {
    const [row] = await this.pool.query<VideoRecord & { fingerprint: string }>(
      'video_by_key',
      `SELECT ${VIDEO_COLUMNS}, fingerprint FROM video.video WHERE user_id = $1 AND idempotency_key = $2`,
      [userId, idempotencyKey],
    );
    return row && this.texts.open(row);
  }

  /** A video of that user; another user's is none. */
  async findOwn(userId: string, id: string): Promise<VideoRecord | undefined> {
    const video = await this.find(id);
    return video?.userId === userId ? video : undefined;
  }

  /** Its workflow's steps before it are done: it may be ordered, with this prompt. */
  makeReady(id: string, prompt: string): Promise<boolean> {
    return this.move(
      'video_ready',
      'prompt = $2, is_ready = true, due_at = clock_timestamp()',
      "state = 'queued' AND NOT is_ready",
      [id, this.texts.sealPrompt(id, prompt)],
    );
  }

  /**
   * Before anything is sent: from now on a job may exist. Not where it is to be cancelled.
   * @param submits orders that whoever orders knows of: after another one it would send what the video no longer is
   */
  beginSubmit(id: string, connectionId: string, submits: number): Promise<boolean> {
    return this.moveTo(
      'submitting',
      'video_begin_submit',
      `submits = submits + 1, connection_id = $2, submitting_at = clock_timestamp(), ${DUE('60000')}`,
      [id, connectionId, submits],
      'is_ready AND submits = $3 AND cancel_asked_at IS NULL',
    );
  }

  /** The provider has taken it. */
  submitted(id: string, jobId: string, dueInMs: number): Promise<boolean> {
    return this.moveTo('submitted', 'video_submitted', `job_id = $2, submitted_at = clock_timestamp(), ${DUE('$3')}`, [
      id,
      jobId,
      dueInMs,
    ]);
  }

  /**
   * The provider has clearly not taken it: it may be ordered again, by this choice or (`refusals: 0`) the next.
   * @param submits orders that whoever says so knows of: another one may be under way meanwhile
   */
  refused(
    id: string,
    { choice, refusals, submits, dueInMs }: { choice: number; refusals: number; submits: number; dueInMs: number },
  ): Promise<Noted> {
    return this.note(
      'video_refused',
      `state = 'queued', connection_id = NULL, choice = $2, refusals = $3::int, ${DUE('$5')},
       refused_since = CASE WHEN $3::int > 0 THEN coalesce(refused_since, clock_timestamp()) END`,
      [id, choice, refusals, submits, dueInMs],
      "state IN ('queued', 'submitting') AND submits = $4",
    );
  }

  /** The provider is at it. Here and below only of that job: one of a step that is over is nothing to the video any more. */
  progressed({ id, jobId }: VideoJobKey, { progress, dueInMs }: PollNote): Promise<Noted> {
    return this.note(
      'video_progressed',
      `state = 'processing', polls = polls + 1, ${ANSWERED}, progress = greatest(progress, $3::int), ${DUE('$4')}`,
      [id, jobId, progress, dueInMs],
    );
  }

  /** It has not begun there: it waits. */
  waited({ id, jobId }: VideoJobKey, dueInMs: number): Promise<Noted> {
    return this.note('video_waited', `polls = polls + 1, ${ANSWERED}, ${DUE('$3')}`, [id, jobId, dueInMs]);
  }

  /** The provider has no time for the question; it is there. */
  pollPostponed({ id, jobId }: VideoJobKey, dueInMs: number): Promise<Noted> {
    return this.note('video_poll_postponed', `polls = polls + 1, poll_faults = 0, ${DUE('$3')}`, [id, jobId, dueInMs]);
  }

  /** The provider could not be asked, or doesn't know the job. */
  pollFailed({ id, jobId }: VideoJobKey, { timesUnknown, dueInMs }: PollFault): Promise<Noted> {
    return this.note(
      'video_poll_failed',
      `polls = polls + 1, poll_faults = poll_faults + 1, times_unknown = $3, ${DUE('$4')}`,
      [id, jobId, timesUnknown, dueInMs],
    );
  }

  /** The provider has finished it. */
  finished({ id, jobId }: VideoJobKey, seconds: number | undefined, costUsd: string | undefined): Promise<boolean> {
    return this.moveTo(
      'copying',
      'video_finished',
      `polls = polls + 1, ${ANSWERED}, progress = 100, delivered_seconds = $3, provider_cost_usd = $4, finished_at = clock_timestamp(), due_at = clock_timestamp()`,
      [id, jobId, seconds ?? null, costUsd ?? null],
      'job_id = $2',
    );
  }

  /** One more copy of its bytes is begun. @returns which one it is, from 1 on; undefined: there is nothing to copy any more */
  async beginCopy(id: string): Promise<number | undefined> {
    const [row] = await this.pool.query<{ copies: number }>(
      'video_begin_copy',
      `UPDATE video.video SET copies = copies + 1 WHERE id = $1 AND state = 'copying' AND media IS NULL RETURNING copies`,
      [id],
    );
    return row?.copies;
  }

  /** Its bytes could not be had; that is tried again later. @returns false: there is nothing to copy any more */
  copyFailed({ id, jobId }: VideoJobKey, dueInMs: number): Promise<Noted> {
    return this.note(
      'video_copy_failed',
      `poll_faults = poll_faults + 1, ${DUE('$3')}`,
      [id, jobId, dueInMs],
      "state = 'copying' AND media IS NULL AND job_id = $2",
    );
  }

  /** Its bytes are ours; what is missing is its charge, or its next step. */
  stored({ id, jobId }: VideoJobKey, media: VideoFile, thumbnail: StoredMedia | undefined): Promise<boolean> {
    return this.move(
      'video_stored',
      'media = $3::jsonb, thumbnail = $4::jsonb, due_at = clock_timestamp()',
      "state = 'copying' AND media IS NULL AND job_id = $2",
      [id, jobId, JSON.stringify(media), thumbnail ? JSON.stringify(thumbnail) : null],
    );
  }

  /** Ends a video and its hold in one transaction. @returns what was charged; undefined: it was elsewhere in its life */
  async end(id: string, end: VideoEnd): Promise<bigint | undefined> {
    const [row] = await this.pool.query<{ result: 'ended' | 'stale'; charged: bigint | null }>('video_end', END, [
      id,
      end.from ?? statesBefore(end.to),
      end.to,
      end.cost,
      end.outcome,
      end.failure ? JSON.stringify(end.failure) : null,
      end.providerFault ?? null,
      end.isFlagged ?? false,
      end.jobId ?? null,
    ]);
    return row!.result === 'ended' ? row!.charged! : undefined;
  }

  /** Its user wants it stopped, or its account was frozen; whoever has its next step sees to it. */
  askToCancel(id: string): Promise<boolean> {
    return this.move(
      'video_ask_cancel',
      'cancel_asked_at = coalesce(cancel_asked_at, clock_timestamp()), due_at = clock_timestamp()',
      IS_OPEN,
      [id],
    );
  }

  /** By default while that job ($2) is under way. */
  private async note(name: string, set: string, values: unknown[], condition = IS_UNDER_WAY): Promise<Noted> {
    const [row] = await this.pool.query<{ isCancelAsked: boolean }>(
      name,
      `UPDATE video.video SET ${set}, updated_at = clock_timestamp() WHERE id = $1 AND ${condition}
       RETURNING cancel_asked_at IS NOT NULL AS "isCancelAsked"`,
      values,
    );
    return row ?? false;
  }

  private moveTo(
    state: VideoState,
    name: string,
    set: string,
    values: unknown[],
    condition = 'true',
  ): Promise<boolean> {
    const before = statesBefore(state)
      .map((each) => `'${each}'`)
      .join(', ');
    return this.move(name, `state = '${state}', ${set}`, `state IN (${before}) AND ${condition}`, values);
  }

  /** `set` and `condition` are this file's own; values are parameters. */
  private async move(name: string, set: string, condition: string, values: unknown[]): Promise<boolean> {
    const rows = await this.pool.query(
      name,
      `UPDATE video.video SET ${set}, updated_at = clock_timestamp() WHERE id = $1 AND ${condition} RETURNING id`,
      values,
    );
    return rows.length > 0;
  }
}
