import { setTimeout as delay } from 'node:timers/promises';
import { findPostmaster } from './postmaster.js';
import { QuietClient } from '../quiet-client.js';

export interface StopOptions {
  cluster: string;
  url: string;
  /** The name under which this process's own connections are known to the server. */
  applicationName: string;
  log: (line: string) => void;
}

/** A fast shutdown writes a checkpoint; one that takes longer is cut short (the next start recovers), in milliseconds. */
const FAST_WITHIN_MS = 30_000;
const PAUSE_MS = 25;

/**
 * Stops the server of a cluster and waits until it is gone. Where other gateways are connected it is left to them: the
 * last one stops it.
 */
export async function stopPostmaster({ cluster, url, applicationName, log }: StopOptions): Promise<void> {
  if ((await countOtherGateways(url, applicationName)) > 0) {
    log('embedded Postgres: another gateway is connected; left running for it');
    return;
  }
  if (await endsAfter('SIGINT', cluster)) return;
  log('embedded Postgres: did not stop in time; the next start will recover');
  await endsAfter('SIGQUIT', cluster);
}

/** Fast shutdown is SIGINT, immediate shutdown SIGQUIT (PostgreSQL manual, "Shutting Down the Server"). */
async function endsAfter(signal: 'SIGINT' | 'SIGQUIT', cluster: string): Promise<boolean> {
  const server = await findPostmaster(cluster);
  if (!server || !signalled(server.pid, signal)) return true;
  const deadline = performance.now() + FAST_WITHIN_MS;
  while (performance.now() < deadline) {
    if ((await findPostmaster(cluster))?.pid !== server.pid) return true;
    await delay(PAUSE_MS);
  }
  return false;
}

/** Whether there was a process to tell: another gateway that stops at the same moment may have been first. */
function signalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

async function countOtherGateways(url: string, applicationName: string): Promise<number> {
  const client = new QuietClient({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ others: number }>(
      `SELECT count(*)::int AS others FROM pg_stat_activity
       WHERE backend_type = 'client backend' AND application_name LIKE 'gateway-%' AND application_name <> $1`,
      [applicationName],
    );
    return rows[0]?.others ?? 0;
  } catch {
    return 0; // nobody can be connected to a server that does not answer
  } finally {
    await client.end().catch(() => undefined);
  }
}
