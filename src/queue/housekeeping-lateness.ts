import { withBackend } from 'bullmq';
import type { Environment } from '../config/environment.js';
import { createQueueBackend } from './queue-backend.js';
import { chooseConnection, QUEUE_PREFIX } from './queue-connection.js';

const { Queue } = withBackend(createQueueBackend);

/** A job that runs every minute wherever a worker is alive. */
const MINUTELY = 'audit-new';

/**
 * For how long nobody has taken the housekeeping's job that is due each minute, in milliseconds; 0: somebody takes it;
 * undefined: no worker ever ran here.
 * @throws what the queue's database or Redis failed with
 */
export async function housekeepingLatenessMs(
  environment: Pick<Environment, 'redisUrl'>,
  databaseUrl: string,
): Promise<number | undefined> {
  const connection = chooseConnection(environment, databaseUrl);
  const queue = new Queue('maintenance', { connection, prefix: QUEUE_PREFIX, skipMetasUpdate: true });
  queue.on('error', () => undefined);
  try {
    const scheduler = await queue.getJobScheduler(MINUTELY);
    return scheduler?.next === undefined ? undefined : Math.max(0, Date.now() - scheduler.next);
  } finally {
    await queue.close();
  }
}
