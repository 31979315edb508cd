import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { nameOfStream, type StreamKey } from '../../billing/ledger/ledger-operations.js';
import type { QueueJobs } from '../../queue/queue-jobs.js';
import { enqueue, orQueueUnavailable, type QueueOf } from '../../queue/typed-queue.js';

/**
 * Tries before an outage of every provider is the answer: 2, 4, 8 … seconds apart, 4 minutes in all. A worker's death is
 * no try; the job is simply taken by the next one.
 */
const RETRIES = { attempts: 8, backoff: { type: 'exponential', delay: 2_000 } };
/** The payload holds the prompt: it goes with the job as soon as that has ended, well or not. */
const KEEPS_NOTHING = { removeOnComplete: true, removeOnFail: true };
/** BullMQ's own limit is 2^21. */
const LOWEST_PRIORITY = 1_000_000;

/** The durable requests as jobs: who waits for a worker. */
@Injectable()
export class BackgroundQueue {
  constructor(@InjectQueue('requests') private readonly queue: QueueOf<'requests'>) {}

  /**
   * Makes a request durable, once however often it is called.
   * @param priority 1 is first; within one priority the oldest is
   * @throws GatewayError UNAVAILABLE
   */
  add(key: StreamKey, payload: QueueJobs['requests']['answer'], priority: number): Promise<void> {
    return enqueue(this.queue, 'answer', payload, {
      jobId: jobIdOf(key),
      priority: Math.min(priority, LOWEST_PRIORITY),
      ...RETRIES,
      ...KEEPS_NOTHING,
    });
  }

  /**
   * How many wait for a worker.
   * @throws GatewayError UNAVAILABLE
   */
  async countWaiting(): Promise<number> {
    const {
      waiting = 0,
      prioritized = 0,
      delayed = 0,
    } = await orQueueUnavailable(this.queue.getJobCounts('waiting', 'prioritized', 'delayed'));
    return waiting + prioritized + delayed;
  }

  /**
   * Takes a request out again.
   * @returns false where a worker is at it
   * @throws GatewayError UNAVAILABLE
   */
  async withdraw(key: StreamKey): Promise<boolean> {
    const job = await orQueueUnavailable(this.queue.getJob(jobIdOf(key)));
    if (!job) return true;
    const isRemoved = await orQueueUnavailable(
      job.remove().then(
        () => true,
        () => false, // it is locked by the worker that runs it, or gone meanwhile
      ),
    );
    return isRemoved || (await orQueueUnavailable(this.queue.getJob(jobIdOf(key)))) === undefined;
  }

  /**
   * Whether somebody will answer it.
   * @throws GatewayError UNAVAILABLE
   */
  async has(key: StreamKey): Promise<boolean> {
    return (await orQueueUnavailable(this.queue.getJob(jobIdOf(key)))) !== undefined;
  }
}

/** Without ':', which BullMQ refuses, and of one length whatever the client's id is. */
function jobIdOf(key: StreamKey): string {
  return hash('sha256', nameOfStream(key), 'base64url');
}
