import type { Job, JobsOptions, Queue } from 'bullmq';
import { GatewayError } from '../common/errors/gateway-error.js';
import { answerWithin } from '../common/answer-within.js';
import { ENQUEUE_WITHIN_MS } from './queue-connection.js';
import type { JobName, QueueJobs, QueueName } from './queue-jobs.js';

/** A job of a queue: its `name` says which payload `data` is. */
export type JobOf<Q extends QueueName> = {
  [N in JobName<Q>]: Job<QueueJobs[Q][N], void, N>;
}[JobName<Q>];

export type QueueOf<Q extends QueueName> = Queue<QueueJobs[Q][JobName<Q>], void, JobName<Q>>;

/**
 * Queues a job, for a request that waits for that. A `jobId` (without ':') makes it happen once however often it is
 * asked for, which a caller that got UNAVAILABLE and asks again needs: the first one may have come through.
 * @throws GatewayError UNAVAILABLE where the queue does not take it within 3 s
 */
export async function enqueue<Q extends QueueName, N extends JobName<Q>>(
  queue: QueueOf<Q>,
  name: N,
  payload: QueueJobs[Q][N],
  options: JobsOptions = {},
): Promise<void> {
  const adding = (queue as unknown as Queue<QueueJobs[Q][N], void, N, QueueJobs[Q][N], void, N>).add(
    name,
    payload,
    options,
  );
  await orQueueUnavailable(adding);
}

/**
 * What a call of the queue gives, for a request that waits for it.
 * @throws GatewayError UNAVAILABLE where the queue gives no answer within 3 s, or none but an error
 */
export async function orQueueUnavailable<T>(call: Promise<T>): Promise<T> {
  try {
    return await answerWithin(call, ENQUEUE_WITHIN_MS);
  } catch (cause) {
    throw new GatewayError('UNAVAILABLE', 'The job queue can not be reached; ask again.', {
      retryAfterMs: 2_000,
      cause,
    });
  }
}
