import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RepeatingTask } from '../../billing/ledger/repeating-task.js';
import { MediaStore } from '../../media/media-store.js';
import { INPUT_KEYS_BEGIN } from '../life/input-keys.js';
import { VideoSweeps } from '../store/video-sweeps.store.js';

const LOOK_EVERY_MS = 6 * 3_600_000;
/** An input is stored within half a minute, and its video right after that; a bucket's clock may differ from ours. */
const STRAY_AFTER_MS = 3_600_000;
const KEYS_AT_ONCE = 500;

/** Removes inputs of workflows that no video builds on: the process died before it had stored the video. */
@Injectable()
export class StrayInputs implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(StrayInputs.name);
  private readonly looking = new RepeatingTask(LOOK_EVERY_MS, async () => void (await this.sweep()));

  constructor(
    @Inject(VideoSweeps) private readonly sweeps: VideoSweeps,
    @Inject(MediaStore) private readonly media: MediaStore,
  ) {}

  onApplicationBootstrap(): void {
    this.looking.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.looking.stop();
  }

  /** Looks once. @returns how many were removed @throws what the store or the database failed with */
  async sweep(olderThanMs = STRAY_AFTER_MS): Promise<number> {
    let removed = 0;
    let keys: string[] = [];
    for await (const { key, modifiedAt } of this.media.list(INPUT_KEYS_BEGIN)) {
      if (Date.now() - modifiedAt.getTime() >= olderThanMs) keys.push(key);
      if (keys.length < KEYS_AT_ONCE) continue;
      removed += await this.removeStray(keys);
      keys = [];
    }
    removed += await this.removeStray(keys);
    if (removed > 0) this.logger.log(`Removed ${removed} inputs that no video builds on`);
    return removed;
  }

  private async removeStray(keys: readonly string[]): Promise<number> {
    if (keys.length === 0) return 0;
    const inUse = await this.sweeps.inputsInUse(keys);
    const stray = keys.filter((key) => !inUse.has(key));
    for (const key of stray) await this.media.delete(key);
    return stray.length;
  }
}
