import { Inject, Injectable, Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { isPassingTrouble } from '../../database/passing-trouble.js';
import type { VideoProvider } from '../../providers/contract/video-provider.js';
import { VideoStore } from '../store/video.store.js';
import type { VideoRecord } from '../store/video-record.js';
import { pollDelayMs } from './poll-schedule.js';

/** A job's id is not let go of because the database is away for a moment. */
const NOTE_WITHIN_MS = 120_000;
const NOTE_PAUSE_MS = 500;
const STOP_WITHIN_MS = 60_000;

/** Jobs that a provider has taken: their ids are written down, or else the jobs are stopped and their ids logged. */
@Injectable()
export class TakenJobs {
  private readonly logger = new Logger(TakenJobs.name);

  constructor(@Inject(VideoStore) private readonly store: VideoStore) {}

  /**
   * Writes down which job a video is.
   * @returns false where the video was given up meanwhile: then the job was stopped
   * @throws what the database failed with, for longer than anybody would wait: then the job was stopped, too
   */
  async note(video: VideoRecord, provider: VideoProvider, jobId: string): Promise<boolean> {
    try {
      if (await this.isNoted(video, provider, jobId)) return true;
    } catch (error) {
      await this.stop(video, provider, jobId, 'its id could not be written down');
      throw error;
    }
    await this.stop(video, provider, jobId, 'the video was given up meanwhile');
    return false;
  }

  private async isNoted(video: VideoRecord, provider: VideoProvider, jobId: string): Promise<boolean> {
    const untilMs = performance.now() + NOTE_WITHIN_MS;
    for (let tries = 1; ; tries++) {
      try {
        if (await this.store.submitted(video.id, jobId, pollDelayMs(0))) return true;
        return (await this.store.find(video.id))?.jobId === jobId; // an earlier try came through after all
      } catch (error) {
        if (!isPassingTrouble(error) || performance.now() > untilMs) throw error;
        // Should this process die before the database is back, nobody else knows the id.
        if (tries === 1)
          this.logger.warn(`Video ${video.id} is job ${jobId} at ${provider.id}, which can not be written down yet`);
        await delay(NOTE_PAUSE_MS);
      }
    }
  }

  private async stop({ id }: VideoRecord, provider: VideoProvider, jobId: string, why: string): Promise<void> {
    this.logger.error(`Video ${id} was taken as job ${jobId} at ${provider.id}, but ${why}; the job is stopped`);
    await provider
      .cancel(jobId, { signal: AbortSignal.timeout(STOP_WITHIN_MS) })
      .catch(() => this.logger.error(`Job ${jobId} at ${provider.id} could not be stopped: an operator has to look`));
  }
}
