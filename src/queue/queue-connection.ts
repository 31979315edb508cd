import type { Environment } from '../config/environment.js';
import { makeClientsQuiet, QuietClient } from '../database/quiet-client.js';

/** Where a queue's jobs are kept, before it is known who connects: a request that waits, or a worker that may wait. */
export type QueueConnection = { kind: 'postgres'; url: string } | { kind: 'redis'; url: string };

/** Redis keys, where it is Redis: `mcp:<queue>:…`. */
export const QUEUE_PREFIX = 'mcp';

/** Within this a request has its job queued, or learns that it hasn't. */
export const ENQUEUE_WITHIN_MS = 3_000;

/** Redis where it is configured, else the database that everything else is in. */
export function chooseConnection({ redisUrl }: Pick<Environment, 'redisUrl'>, databaseUrl: string): QueueConnection {
  return redisUrl === undefined ? { kind: 'postgres', url: databaseUrl } : { kind: 'redis', url: redisUrl };
}

makeClientsQuiet();

/** `pg` pool options. A worker has one more connection, of its own, on which it waits for jobs (LISTEN). */
export function postgresOptions(url: string, isWorker: boolean) {
  const statementTimeoutMs = isWorker ? 30_000 : ENQUEUE_WITHIN_MS;
  return {
    connectionString: url,
    Client: QuietClient,
    max: 2,
    keepAlive: true,
    connectionTimeoutMillis: isWorker ? 5_000 : 2_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 2_000,
  };
}

/** ioredis options. A worker's blocking connection is a second one, which BullMQ opens by the same options. */
export function redisOptions(url: string, isWorker: boolean) {
  if (isWorker) return { url, maxRetriesPerRequest: null };
  return {
    url,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    connectTimeout: 2_000,
    commandTimeout: ENQUEUE_WITHIN_MS,
  };
}
