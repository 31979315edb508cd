import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';

/** What a video provider has of ours, over all nodes. */
export interface VideoActivity {
  provider: string;
  /** Videos that wait to be ordered there, and those that it makes or that are being brought here. */
  waiting: number;
  running: number;
}

/** A video that a provider did not deliver. */
export interface VideoFailureNote {
  provider: string;
  at: Date;
  model: string;
  /** As its user is told. */
  code: string;
  /** The provider's own code. */
  providerFault: string | null;
}

const UNDER_WAY = `SELECT plan->'choices'->choice->>'provider' AS provider,
    count(*) FILTER (WHERE state = 'queued')::int AS waiting, count(*) FILTER (WHERE state <> 'queued')::int AS running
  FROM video.video WHERE state NOT IN ('completed', 'failed', 'cancelled') GROUP BY 1`;

const FAILURES = `SELECT plan->'choices'->choice->>'provider' AS provider, ended_at AS at, plan->'choices'->choice->>'model' AS model,
    error->>'code' AS code, provider_fault AS "providerFault"
  FROM video.video
  WHERE state = 'failed' AND media_deleted_at IS NULL AND ended_at > clock_timestamp() - interval '1 hour'
  ORDER BY ended_at DESC LIMIT 100`;

/** How much the video providers have to do, and what they failed with, for operators. */
@Injectable()
export class VideoActivities {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  underWay(): Promise<VideoActivity[]> {
    return this.pool.query<VideoActivity>('video_under_way_by_provider', UNDER_WAY);
  }

  /** Of the last hour, the latest first, at most 100 in all. */
  failures(): Promise<VideoFailureNote[]> {
    return this.pool.query<VideoFailureNote>('video_failures_by_provider', FAILURES);
  }
}
