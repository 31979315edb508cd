import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ErrorCode } from '../common/errors/error-codes.js';
import { Observers } from '../common/observers.js';
import { chosen } from './api/video-view.js';
import { VIDEO_FAILURES, type VideoFailureReason } from './life/video-failures.js';
import { statesBefore, type VideoState } from './life/video-state.js';
import { endedSteps, firstCharge } from './plan/charged-step.js';
import { firstStepAlone } from './plan/two-steps.js';
import { chargeFor, type VideoCharge } from './plan/video-charge.js';
import { outcomeOf } from './plan/video-terms.js';
import { VideoSecondStep } from './store/video-second-step.store.js';
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

interface Failing {
  reason: VideoFailureReason;
  providerFault: string | undefined;
  from: readonly VideoState[];
  isFlagged: boolean;
}

/** Ends videos, each once: its state, its charge or the release of its hold, and the news of it. */
@Injectable()
export class VideoEndings {
  /** Of every video that this process ended. */
  readonly ends = new Observers<VideoEnd>();
  private readonly logger = new Logger(VideoEndings.name);

  constructor(
    @Inject(VideoStore) private readonly store: VideoStore,
    @Inject(VideoSecondStep) private readonly second: VideoSecondStep,
    @Inject(VideoNews) private readonly news: VideoNews,
  ) {}

  /** It is delivered: what was delivered is charged. @returns false where it had ended */
  async complete(video: VideoRecord, charge: VideoCharge): Promise<boolean> {
    const { seconds, frames, price } = charge;
    const hasFallenBack = video.plan.before?.failed !== undefined;
    const resolution = charge.resolution ?? (hasFallenBack ? chosen(video).resolution : undefined);
    const steps = endedSteps(video, charge);
    const first = firstCharge(video.plan);
    const cost = charge.cost + (first?.cost ?? 0n);
    const isLess = charge.isLess || (first?.isLess ?? false);
    const outcome = outcomeOf(video, { finishReason: 'completed', seconds, frames, price, resolution, steps });
    const hasEnded = await this.end(video, { to: 'completed', cost, outcome, isFlagged: isLess });
    if (hasEnded && isLess)
      this.logger.error(
        `Video ${video.id} is less than what was ordered at ${chosen(video).provider}, job ${video.jobId}: an operator has to look`,
      );
    return hasEnded;
  }

  /**
   * Nothing is charged; but where a first step has made its file, the video ends with that, at its price.
   * @returns false where it had ended, or went another way meanwhile
   */
  async fail(
    video: VideoRecord,
    reason: VideoFailureReason,
    details: { providerFault?: string | undefined; from?: readonly VideoState[]; isFlagged?: boolean } = {},
  ): Promise<boolean> {
    const { providerFault, from = statesBefore('failed'), isFlagged = FLAGGED.has(reason) } = details;
    const end = { reason, providerFault, from, isFlagged };
    const hasEnded = hasFirstFile(video, reason)
      ? await this.endWithFirstFile(video, end)
      : await this.endWithNothing(video, end);
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
    const steps = endedSteps(video, undefined);
    const outcome = outcomeOf(video, { finishReason: 'cancelled', seconds: 0, error: 'CANCELLED', steps });
    const failure = { code: 'CANCELLED', message: 'The video was cancelled. Nothing was charged.' } as const;
    return this.end(video, { to: 'cancelled', cost: 0n, outcome, failure, from, isFlagged });
  }

  /** One that was to be cancelled ends as it failed: nothing is delivered, nor charged. */
  private async endWithFirstFile(video: VideoRecord, { reason, ...how }: Failing): Promise<boolean> {
    const plan = firstStepAlone(video, VIDEO_FAILURES[reason], new Date());
    if (await this.second.fallBack(video.id, { ...how, plan, jobId: video.jobId })) {
      const now = (await this.store.find(video.id))!;
      await this.complete(now, chargeFor(now, now.media!)); // whoever dies before leaves one that waits to be charged
      return true;
    }
    const isCancelled = (await this.store.find(video.id))?.cancelAskedAt != null;
    return isCancelled && this.endWithNothing(video, { reason, ...how });
  }

  private endWithNothing(video: VideoRecord, { reason, providerFault, from, isFlagged }: Failing): Promise<boolean> {
    const failure = VIDEO_FAILURES[reason];
    const steps = endedSteps(video, undefined);
    const outcome = outcomeOf(video, { finishReason: 'failed', seconds: 0, error: failure.code, steps });
    const fault = providerFault === undefined ? {} : { providerFault };
    return this.end(video, { to: 'failed', cost: 0n, outcome, failure, from, isFlagged, ...fault });
  }

  private async end(video: VideoRecord, end: Parameters<VideoStore['end']>[1]): Promise<boolean> {
    const charged = await this.store.end(video.id, { ...end, jobId: video.jobId });
    if (charged === undefined) return false;
    const { provider, model } = chosen(video);
    const tookMs = Date.now() - video.createdAt.getTime();
    this.ends.tell({ provider, model, outcome: end.failure?.code ?? 'completed', tookMs, charged });
    await this.news.tell(video.id);
    return true;
  }
}

function hasFirstFile({ plan }: VideoRecord, reason: VideoFailureReason): boolean {
  return reason === 'too_many_frames' || (plan.before !== undefined && reason !== 'input_gone');
}
