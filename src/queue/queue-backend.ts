import { createPostgresBackend, createRedisBackend, type BackendFactory, type IQueueBackend } from 'bullmq';
import { postgresOptions, redisOptions, type QueueConnection } from './queue-connection.js';

/**
 * The backend of every queue and worker. Their options say only where the jobs are kept; how one connects follows from
 * who asks: the request path fails fast, a worker waits on connections of its own.
 */
export const createQueueBackend: BackendFactory<IQueueBackend, QueueConnection> = (name, options, roles = {}) => {
  const { kind, url } = options.connection;
  const isWorker = roles.withBlockingConnection === true || roles.blocking === true;
  return kind === 'postgres'
    ? createPostgresBackend(name, { ...options, connection: postgresOptions(url, isWorker) }, roles)
    : createRedisBackend(name, { ...options, connection: redisOptions(url, isWorker) }, roles);
};
