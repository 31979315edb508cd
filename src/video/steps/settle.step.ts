import { Inject, Injectable } from '@nestjs/common';
import { nextStep } from '../plan/two-steps.js';
import { chargeFor } from '../plan/video-charge.js';
import { VideoSecondStep } from '../store/video-second-step.store.js';
import { VideoStore } from '../store/video.store.js';
import type { VideoRecord } from '../store/video-record.js';
import { VideoEndings } from '../video-endings.service.js';
import { VideoQueue } from '../video-queue.service.js';
import { DONE, type StepOutcome } from './step-outcome.js';

/**
 * Charges a video whose file is in our store: what was delivered, once, together with its last state. Where a second step
 * follows, that begins instead.
 */
@Injectable()
export class SettleStep {
  constructor(
    @Inject(VideoStore) private readonly store: VideoStore,
    @Inject(VideoSecondStep) private readonly second: VideoSecondStep,
    @Inject(VideoQueue) private readonly queue: VideoQueue,
    @Inject(VideoEndings) private readonly endings: VideoEndings,
  ) {}

  /** @throws what the database or the queue failed with: the job is tried again */
  async run(videoId: string): Promise<StepOutcome> {
    const video = await this.store.find(videoId);
    if (video?.state !== 'copying' || !video.media) return DONE;
    if (video.plan.then) await this.goOn(video);
    else await this.endings.complete(video, chargeFor(video, video.media));
    return DONE;
  }

  /** Whoever dies amid this leaves a video whose next step is due. */
  private async goOn(video: VideoRecord): Promise<void> {
    if (video.cancelAskedAt) {
      await this.endings.cancel(video, ['copying']);
      return;
    }
    const plan = nextStep(video, new Date());
    if (!plan) await this.endings.fail(video, 'too_many_frames', { from: ['copying'] });
    else if (await this.second.begin(video, plan)) await this.queue.add('submit', video.id);
  }
}
