import { createPostgresBackend, createRedisBackend, type BackendFactory, type IQueueBackend } from 'bullmq';
import { postgresOptions, redisOptions, type QueueConnection } from './queue-connection.js';

/**
 * The backend of every queue and worker. Their options say only where the jobs are kept; how one connects follows from
 * who asks: the request path fails fast, a worker waits on connections of its own.
 */
export const createQueueBackend: BackendFactory<IQueueBackend, QueueConnection> = (name, options, roles = {}) => {
  const { kind, url } = options.connection;
  const isWorker = roles.withBlockingConnection === true || roles.blocking === true;
  if (kind === 'redis') return createRedisBackend(name, { ...options, connection: redisOptions(url, isWorker) }, roles);
  const connection = postgresOptions(url, isWorker);
  const backend = createPostgresBackend(name, { ...options, connection }, roles);
  forgetFailure(backend.connection);
  forgetFailure(backend);
  return backend;
};

/**
 * Lets a first connection that failed be tried again by whoever asks next: BullMQ (6.7) keeps its promise, so that a queue
 * would fail with it for as long as the process lives, and a worker would ask it again without a pause, which leaves the
 * process no time for anything else.
 */
function forgetFailure(link: { waitUntilReady(): Promise<void> }): void {
  const waitUntilReady = link.waitUntilReady.bind(link);
  link.waitUntilReady = () =>
    waitUntilReady().catch((error: unknown) => {
      (link as { readyPromise?: Promise<void> | undefined }).readyPromise = undefined;
      throw error;
    });
}
