import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Job, WorkerOptions } from 'bullmq';
import type { WorkerPatience } from './queue-classes.js';
import type { QueueName } from './queue-jobs.js';
import type { JobOf } from './typed-queue.js';

/** After a lost connection a worker looks for jobs again this soon, in milliseconds (BullMQ's own default is 15 s). */
const RETRY_DELAY_MS = 1_000;

/** Marks the processor of a queue: a JobHost, in a file `*.processor.ts`. */
export function ProcessesJobs(
  queue: QueueName,
  options: Omit<WorkerOptions, 'connection'> & WorkerPatience = {},
): ClassDecorator {
  return Processor(queue, { runRetryDelay: RETRY_DELAY_MS, ...options });
}

/**
 * The base of every `*.processor.ts`. At a shutdown it takes no new job at once; the job that runs is waited for before
 * the database is closed (Nest's BullMQ module closes the worker, in its own `onApplicationShutdown`).
 */
export abstract class JobHost<Q extends QueueName> extends WorkerHost implements OnModuleDestroy {
  private readonly jobLogger = new Logger(this.constructor.name);

  /** Runs one job, perhaps for the second time: a worker may die in the middle. A rejection is tried again. */
  abstract override process(job: JobOf<Q>): Promise<void>;

  async onModuleDestroy(): Promise<void> {
    await this.worker.pause(true);
  }

  @OnWorkerEvent('failed')
  onFailed(job: Job | undefined, error: Error): void {
    const { name = '?', id = '?', attemptsMade = 0 } = job ?? {};
    this.jobLogger.error(`Job ${name} (${id}) failed, attempt ${attemptsMade}: ${error.message}`, error.stack);
  }

  /** The connection's troubles; the worker connects again by itself. */
  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.jobLogger.warn(`The job worker has trouble: ${error.message}`);
  }
}
