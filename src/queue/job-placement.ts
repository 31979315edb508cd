import type { Environment } from '../config/environment.js';

/**
 * Whether the gateway runs the jobs too. With the embedded database there is one process, which does everything; with a
 * database of its own an installation has workers for that (`node dist/worker.js`), any number of them.
 */
export function gatewayRunsJobs({ databaseUrl }: Pick<Environment, 'databaseUrl'>): boolean {
  return databaseUrl === undefined;
}
