import { Inject, Injectable } from '@nestjs/common';
import { chargeFor } from '../plan/video-charge.js';
import { VideoStore } from '../store/video.store.js';
import { VideoEndings } from '../video-endings.service.js';
import { DONE, type StepOutcome } from './step-outcome.js';

/** Charges a video whose file is in our store: what was delivered, once, together with its last state. */
@Injectable()
export class SettleStep {
  constructor(
    @Inject(VideoStore) private readonly store: VideoStore,
    @Inject(VideoEndings) private readonly endings: VideoEndings,
  ) {}

  /** @throws what the database failed with: the job is tried again */
  async run(videoId: string): Promise<StepOutcome> {
    const video = await this.store.find(videoId);
    if (video?.state !== 'copying' || !video.media) return DONE;
    await this.endings.complete(video, chargeFor(video, video.media));
    return DONE;
  }
}
