import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { enqueue, orQueueUnavailable, type QueueOf } from '../queue/typed-queue.js';
import type { VideoState } from './life/video-state.js';

export type VideoStep = 'submit' | 'poll' | 'copy' | 'settle';

/** A step that fails by trouble of ours is tried a few times; what is lost all the same is found by its `due_at`. */
const OPTIONS = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: true,
  removeOnFail: true,
};

/** Which step brings a video on. A video that is over has none. */
export const STEP_OF: Readonly<Partial<Record<VideoState, VideoStep>>> = {
  queued: 'submit',
  submitting: 'submit',
  submitted: 'poll',
  processing: 'poll',
  copying: 'copy',
};

/** The steps of videos as jobs. Each is known by its video, so that asking for one twice makes one. */
@Injectable()
export class VideoQueue {
  constructor(
    @InjectQueue('videos') private readonly steps: QueueOf<'videos'>,
    @InjectQueue('video-files') private readonly files: QueueOf<'video-files'>,
  ) {}

  /**
   * Queues a step; nothing where it is queued already.
   * @param delayMs how long it waits first
   * @throws GatewayError UNAVAILABLE
   */
  async add(step: VideoStep, videoId: string, delayMs = 0): Promise<void> {
    const options = { ...OPTIONS, jobId: jobIdOf(step, videoId), delay: delayMs };
    if (step === 'copy') await enqueue(this.files, 'copy', { videoId }, options);
    else await enqueue(this.steps, step, { videoId }, options);
  }

  /** Has a step that waits for its time run now. Where there is none, or it runs, nothing happens. @throws GatewayError UNAVAILABLE */
  async hurry(step: VideoStep, videoId: string): Promise<void> {
    const jobId = jobIdOf(step, videoId);
    const job =
      step === 'copy'
        ? await orQueueUnavailable(this.files.getJob(jobId))
        : await orQueueUnavailable(this.steps.getJob(jobId));
    if (!job) return this.add(step, videoId);
    await orQueueUnavailable(job.promote().catch(() => undefined)); // it is no longer waiting for its time
  }
}

function jobIdOf(step: VideoStep, videoId: string): string {
  return `${step}-${videoId}`;
}
