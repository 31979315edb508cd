import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RepeatingTask } from '../../billing/ledger/repeating-task.js';
import { UnusedInputs } from '../unused-inputs.service.js';

const LOOK_EVERY_MS = 6 * 3_600_000;
/** An input is stored within half a minute, and its video right after that; a bucket's clock may differ from ours. */
const STRAY_AFTER_MS = 3_600_000;

/** Looks now and then for inputs of workflows that no video builds on. */
@Injectable()
export class StrayInputs implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(StrayInputs.name);
  private readonly looking = new RepeatingTask(LOOK_EVERY_MS, async () => void (await this.sweep()));

  constructor(@Inject(UnusedInputs) private readonly unused: UnusedInputs) {}

  onApplicationBootstrap(): void {
    this.looking.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.looking.stop();
  }

  /** Looks once. @returns how many were removed @throws what the store or the database failed with */
  async sweep(olderThanMs = STRAY_AFTER_MS): Promise<number> {
    const removed = await this.unused.remove(olderThanMs);
    if (removed > 0) this.logger.log(`Removed ${removed} inputs that no video builds on`);
    return removed;
  }
}
