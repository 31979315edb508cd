import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { nameOfStream, type StreamKey } from '../../billing/ledger/ledger-operations.js';
import { TextCipher } from '../../common/encryption/text-cipher.js';
import { UnreadableTextError } from '../../common/encryption/unreadable-text-error.js';
import type { QueueJobs } from '../../queue/queue-jobs.js';
import { enqueue, orQueueUnavailable, type QueueOf } from '../../queue/typed-queue.js';
import { placeOfRequest } from './place-of-request.js';

/**
 * Tries before an outage of every provider is the answer: 2, 4, 8 … seconds apart, 4 minutes in all. A worker's death is
 * no try; the job is simply taken by the next one.
 */
const RETRIES = { attempts: 8, backoff: { type: 'exponential', delay: 2_000 } };
/** The payload holds the prompt: it goes with the job as soon as that has ended, well or not. */
const KEEPS_NOTHING = { removeOnComplete: true, removeOnFail: true };
/** Where a job is until it has ended. */
const UNFINISHED = ['waiting', 'prioritized', 'delayed', 'active'] as const;
/** BullMQ's own limit is 2^21. */
const LOWEST_PRIORITY = 1_000_000;

/** The durable requests as jobs: who waits for a worker. */
@Injectable()
export class BackgroundQueue {
  constructor(
    @InjectQueue('requests') private readonly queue: QueueOf<'requests'>,
    @Inject(TextCipher) private readonly cipher: TextCipher,
  ) {}

  /**
   * Makes a request durable, once however often it is called. Its text is kept as TextCipher does.
   * @param priority 1 is first; within one priority the oldest is
   * @throws GatewayError UNAVAILABLE
   */
  add(key: StreamKey, payload: QueueJobs['requests']['answer'] & { request: string }, priority: number): Promise<void> {
    const jobId = jobIdOf(key);
    const request = this.cipher.seal(payload.request, placeOfRequest(payload.userId, jobId));
    return enqueue(
      this.queue,
      'answer',
      { ...payload, request },
      {
        jobId,
        priority: Math.min(priority, LOWEST_PRIORITY),
        ...RETRIES,
        ...KEEPS_NOTHING,
      },
    );
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
   * Keeps every request that has no end yet as it would be kept now.
   * @throws what the queue failed with
   */
  async reseal(): Promise<{ resealed: number; unreadable: number }> {
    const sum = { resealed: 0, unreadable: 0 };
    for (const id of await this.queue.getRanges([...UNFINISHED], 0, -1)) {
      const job = await this.queue.getJob(id);
      if (typeof job?.data.request !== 'string') continue; // it has ended meanwhile
      try {
        const request = this.cipher.reseal(job.data.request, placeOfRequest(job.data.userId, id));
        if (request === undefined) continue;
        await job.updateData({ ...job.data, request });
        sum.resealed++;
      } catch (error) {
        if (error instanceof UnreadableTextError) sum.unreadable++;
        else if (await this.queue.getJob(id)) throw error; // else it has ended just now
      }
    }
    return sum;
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
