import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RepeatingTask } from '../../billing/ledger/repeating-task.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { VideoSweeps } from '../store/video-sweeps.store.js';
import { VideoFiles } from '../video-files.service.js';
import { STEP_OF, VideoQueue } from '../video-queue.service.js';

const LOOK_EVERY_MS = 10_000;
/** A step that should have come so long ago: its job is lost, or a worker is very busy, which is no harm. */
const OVERDUE_BY_MS = 20_000;
const TIDY_EVERY_MS = 300_000;
const LARGEST_SWEEP = 200;

/**
 * Sees to videos that nobody sees to: the process died between a step and the next one's job, or a Redis lost its jobs.
 * Every process that runs jobs does it for all; a step that is queued already is not queued again.
 */
@Injectable()
export class VideoCare implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(VideoCare.name);
  private readonly looking = new RepeatingTask(LOOK_EVERY_MS, () => this.look());
  private readonly tidying = new RepeatingTask(TIDY_EVERY_MS, () => this.tidy());
  private readonly keepMs: number;
  private readonly textKeepMs: number | undefined;

  constructor(
    @Inject(VideoSweeps) private readonly sweeps: VideoSweeps,
    @Inject(VideoQueue) private readonly queue: VideoQueue,
    @Inject(VideoFiles) private readonly files: VideoFiles,
    @Inject(ENVIRONMENT) { media, video }: Environment,
  ) {
    this.keepMs = media.keepMs;
    this.textKeepMs = video.textKeepMs;
  }

  onApplicationBootstrap(): void {
    this.looking.start();
    this.tidying.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.looking.stop(), this.tidying.stop()]);
  }

  /** Looks once. */
  async look(overdueByMs = OVERDUE_BY_MS): Promise<void> {
    for (const { id, state } of await this.sweeps.askFrozenToCancel()) {
      const step = STEP_OF[state];
      if (step) await this.queue.hurry(step, id);
    }
    for (const { id, state } of await this.sweeps.overdue(overdueByMs, LARGEST_SWEEP)) {
      const step = STEP_OF[state];
      if (step) await this.queue.add(step, id);
    }
  }

  /** Removes what has been kept for long enough: files, and what users said. */
  async tidy(): Promise<void> {
    await this.removeOldFiles();
    if (this.textKeepMs !== undefined) await this.letTextsGo(this.textKeepMs);
  }

  private async letTextsGo(keepMs: number): Promise<void> {
    let emptied = 0;
    let count: number;
    do emptied += count = await this.sweeps.letTextsGo(keepMs, LARGEST_SWEEP);
    while (count === LARGEST_SWEEP);
    if (emptied > 0) this.logger.log(`Erased the prompts of ${emptied} videos that had been kept for long enough`);
  }

  private async removeOldFiles(): Promise<void> {
    const old = await this.sweeps.withOldFiles(this.keepMs, LARGEST_SWEEP);
    let removed = 0;
    for (const video of old) {
      try {
        await this.files.remove(video);
        removed++;
      } catch (error) {
        this.logger.warn(`The files of video ${video.id} could not be removed (${(error as Error).name})`);
      }
    }
    if (removed > 0) this.logger.log(`Removed the files of ${removed} videos that had been kept for long enough`);
  }
}
