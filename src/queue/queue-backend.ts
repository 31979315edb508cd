import { createPostgresBackend, createRedisBackend, type BackendFactory, type QueueBaseOptions } from 'bullmq';
import { postgresOptions, redisOptions, type QueueConnection } from './queue-connection.js';

/**
 * The backend of every queue and worker of the process. Their options carry only where the jobs are kept; how one
 * connects follows from who asks: the request path fails fast, a worker waits on connections of its own.
 */
export const createQueueBackend: BackendFactory = (name, options, roles = {}) => {
  const { kind, url } = options.connection as unknown as QueueConnection;
  const isWorker = roles.withBlockingConnection === true || roles.blocking === true;
  if (kind === 'postgres') {
    return createPostgresBackend(
      name,
      { ...withoutConnection(options), connection: postgresOptions(url, isWorker) },
      roles,
    );
  }
  return createRedisBackend(name, { ...options, connection: redisOptions(url, isWorker) }, roles);
};

function withoutConnection({ connection: _, ...options }: QueueBaseOptions): Omit<QueueBaseOptions, 'connection'> {
  return options;
}
