import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { LedgerPool } from '../../database/ledger-pool.js';
import { guessedSeconds } from '../plan/guessed-seconds.js';
import type { VideoChoice } from '../plan/video-plan.js';
import type { VideoRecord } from './video-record.js';

type Asked = Pick<VideoChoice, 'provider' | 'model' | 'resolution' | 'seconds'>;

/** Experience older than the last so many videos of a kind is forgotten. */
const LAST_VIDEOS = 50;
const REMEMBERED_MS = 10_000;
const KINDS_REMEMBERED = 500;

/**
 * Of a workflow the order counts: its prompt was worked on before its client was answered; of a video of two steps that of
 * the second one, unless it came to nothing: then the row has no time of the file that it ended with.
 */
const SELECT_MEDIAN = `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY took) AS seconds FROM (
    SELECT extract(epoch FROM ended_at - CASE WHEN workflow_id IS NULL THEN created_at ELSE submitting_at END)::float8 AS took
    FROM video.video
    WHERE state = 'completed' AND plan->'choices'->choice->>'provider' = $1 AND plan->'choices'->choice->>'model' = $2
      AND plan->'choices'->choice->>'resolution' = $3 AND plan->'choices'->choice->>'seconds' = $4
      AND plan->'before'->'failed' IS NULL
    ORDER BY ended_at DESC LIMIT ${LAST_VIDEOS}
  ) lately`;

/** How long videos take, from order to file, as the last ones of that provider, model, resolution and length tell. */
@Injectable()
export class VideoTimes {
  private readonly lately = new LRUCache<string, Promise<number>>({ max: KINDS_REMEMBERED, ttl: REMEMBERED_MS });

  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  /** Whole seconds, at least 1; a guess where there is no experience, or it can't be read. Never fails. */
  estimate(choice: Asked): Promise<number> {
    const { provider, model, resolution, seconds } = choice;
    const kind = JSON.stringify([provider, model, resolution, seconds]);
    let estimate = this.lately.get(kind);
    if (!estimate) {
      estimate = this.median(choice)
        .catch(() => undefined)
        .then((median) => Math.max(1, Math.ceil(median ?? guessedSeconds(choice))));
      this.lately.set(kind, estimate);
    }
    return estimate;
  }

  /** Of a video with all of its steps. */
  async estimateOf(video: Pick<VideoRecord, 'plan' | 'choice'>): Promise<number> {
    const { before } = video.plan;
    return (before ? await this.estimate(before.choice) : 0) + (await this.estimateOfRest(video));
  }

  /** Of the step that it is at, and of what follows. */
  async estimateOfRest({ plan, choice }: Pick<VideoRecord, 'plan' | 'choice'>): Promise<number> {
    const [next] = plan.then ?? [];
    return (await this.estimate(plan.choices[choice]!)) + (next ? await this.estimate(next) : 0);
  }

  private async median({ provider, model, resolution, seconds }: Asked): Promise<number | undefined> {
    const values = [provider, model, resolution, `${seconds}`];
    const [row] = await this.pool.query<{ seconds: number | null }>('video_times', SELECT_MEDIAN, values);
    return row?.seconds ?? undefined;
  }
}
