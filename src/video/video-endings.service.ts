import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ErrorCode } from '../common/errors/error-codes.js';
import { Observers } from '../common/observers.js';
import { chosen } from './api/video-view.js';
import { VIDEO_FAILURES, type VideoFailureReason } from './life/video-failures.js';
import type { VideoState } from './life/video-state.js';
import { outcomeOf } from './plan/video-terms.js';
import type { VideoCharge } from './plan/video-charge.js';
import { VideoStore } from './store/video.store.js';
import type { VideoRecord } from './store/video-record.js';
import { VideoNews } from './video-news.service.js';

/** Reasons that an operator has to look into: something may have been paid for in vain, or a key is of no use. */
const FLAGGED: ReadonlySet<VideoFailureReason> = new Set([
  'submit_unknown',
  'provider_lost',
  'not_delivered',
  'too_large',
  'not_stored',
  'took_too_long',
]);

/** A video that is over. */
export interface VideoEnd {
  provider: string;
  model: string;
  outcome: 'completed' | ErrorCode;
  /** Since it was ordered, in milliseconds. */
  tookMs: number;
  /** Micro-credits. */
  charged: bigint;
}

/** Ends videos, each once: its state, its charge or the release of its hold, and the news of it. */
@Injectable()
export class VideoEndings {
  /** Of every video that this process ended. */
  readonly ends = new Observers<VideoEnd>();
  private readonly logger = new Logger(VideoEndings.name);

  constructor(
    @Inject(VideoStore) private readonly store: VideoStore,
    @Inject(VideoNews) private readonly news: VideoNews,
  ) {}

  /** It is delivered: what was delivered is charged. @returns false where it had ended */
  async complete(video: VideoRecord, { cost, isLess, ...charge }: VideoCharge): Promise<boolean> {
    const outcome = outcomeOf(video, { finishReason: 'completed', ...charge });
    const hasEnded = await this.end(video, { to: 'completed', cost, outcome, isFlagged: isLess });
    if (hasEnded && isLess)
      this.logger.error(
        `Video ${video.id} is less than what was ordered at ${chosen(video).provider}, job ${video.jobId}: an operator has to look`,
      );
    return hasEnded;
  }

  /** Nothing is charged. @returns false where it had ended, or went another way meanwhile */
  async fail(
    video: VideoRecord,
    reason: VideoFailureReason,
    details: { providerFault?: string | undefined; from?: readonly VideoState[]; isFlagged?: boolean } = {},
  ): Promise<boolean> {
    const failure = VIDEO_FAILURES[reason];
    const outcome = outcomeOf(video, { finishReason: 'failed', seconds: 0, error: failure.code });
    const { providerFault, from, isFlagged = FLAGGED.has(reason) } = details;
    const hasEnded = await this.end(video, {
      to: 'failed',
      cost: 0n,
      outcome,
      failure,
      isFlagged,
      ...(providerFault === undefined ? {} : { providerFault }),
      ...(from ? { from } : {}),
    });
    if (hasEnded && isFlagged)
      this.logger.error(
        `Video ${video.id} failed (${reason}) at ${chosen(video).provider}, job ${video.jobId ?? 'unknown'}: an operator has to look`,
      );
    return hasEnded;
  }

  /**
   * Nothing is charged.
   * @param isFlagged its job may run on, and be paid for: an operator has to look
   * @returns false where it had ended, or went another way meanwhile
   */
  cancel(video: VideoRecord, from: readonly VideoState[], isFlagged = false): Promise<boolean> {
    const outcome = outcomeOf(video, { finishReason: 'cancelled', seconds: 0, error: 'CANCELLED' });
    const failure = { code: 'CANCELLED', message: 'The video was cancelled. Nothing was charged.' } as const;
    return this.end(video, { to: 'cancelled', cost: 0n, outcome, failure, from, isFlagged });
  }

  private async end(video: VideoRecord, end: Parameters<VideoStore['end']>[1]): Promise<boolean> {
    const charged = await this.store.end(video.id, end);
    if (charged === undefined) return false;
    const { provider, model } = chosen(video);
    const tookMs = Date.now() - video.createdAt.getTime();
    this.ends.tell({ provider, model, outcome: end.failure?.code ?? 'completed', tookMs, charged });
    await this.news.tell(video.id);
    return true;
  }
}
