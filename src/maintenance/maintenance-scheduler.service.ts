import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { RepeatOptions } from 'bullmq';
import { answerWithin } from '../common/answer-within.js';
import type { JobName } from '../queue/queue-jobs.js';
import type { QueueOf } from '../queue/typed-queue.js';
import { LogPartitions } from './log-partitions.js';

const MINUTE_MS = 60_000;
/** A process whose queue does not answer at its start had better say so and end. */
const SCHEDULE_WITHIN_MS = 15_000;

/** Which job runs when. A scheduler is known by its job's name, so any number of processes have one of each. */
const SCHEDULE: Record<JobName<'maintenance'>, Omit<RepeatOptions, 'key'>> = {
  partitions: { every: 5 * MINUTE_MS },
  'audit-new': { every: MINUTE_MS },
  'drop-answers': { every: 10 * MINUTE_MS },
  'audit-all': { pattern: '17 3 * * *', tz: 'UTC' },
  'audit-trail': { pattern: '37 3 * * *', tz: 'UTC' },
  'audit-prune': { pattern: '47 3 * * *', tz: 'UTC' },
};

/** Puts the housekeeping's schedule into the queue at the start of every process that does such jobs. */
@Injectable()
export class MaintenanceScheduler implements OnApplicationBootstrap {
  private readonly logger = new Logger(MaintenanceScheduler.name);

  constructor(
    @InjectQueue('maintenance') private readonly queue: QueueOf<'maintenance'>,
    private readonly partitions: LogPartitions,
  ) {}

  /** An installation that was off for hours has no partition for this hour: the first thing is to make it. */
  async onApplicationBootstrap(): Promise<void> {
    await this.partitions
      .tend()
      .catch((error: unknown) => this.logger.warn(`Log partitions: ${(error as Error).message}`));
    await answerWithin(this.schedule(), SCHEDULE_WITHIN_MS);
  }

  private async schedule(): Promise<void> {
    for (const [name, repeat] of Object.entries(SCHEDULE) as [JobName<'maintenance'>, RepeatOptions][]) {
      await this.queue.upsertJobScheduler(name, repeat, { name, data: {} });
    }
  }
}
