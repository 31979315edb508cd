import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { LocalMediaStore } from './local-media-store.js';
import { MediaStore } from './media-store.js';

/** A file that is being written changes more often. */
const DRAFT_AGE_MS = 3_600_000;
const EVERY_MS = 86_400_000;

/** Removes what killed processes left half-written on the disk: at the start, and daily. A bucket does that by its own rules. */
@Injectable()
export class DraftSweeper implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(DraftSweeper.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(@Inject(MediaStore) private readonly store: MediaStore) {}

  async onModuleInit(): Promise<void> {
    if (!(this.store instanceof LocalMediaStore)) return;
    const { store } = this;
    await this.sweep(store);
    this.timer = setInterval(() => void this.sweep(store), EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async sweep(store: LocalMediaStore): Promise<void> {
    try {
      const removed = await store.removeDrafts(DRAFT_AGE_MS);
      if (removed > 0) this.logger.log(`Removed ${removed} half-written file(s)`);
    } catch (error) {
      this.logger.warn(`Half-written files can't be removed: ${(error as Error).message}`);
    }
  }
}
