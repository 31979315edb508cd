import { setTimeout as delay } from 'node:timers/promises';
import {
  clearForeignPidFile,
  findPostmaster,
  spawnPostmaster,
  tailOfLog,
  type PostmasterOptions,
} from './postmaster.js';

export interface StartOptions {
  postmaster: Omit<PostmasterOptions, 'port'>;
  /** The port for the n-th try, from 0. */
  portFor: (tries: number) => Promise<number>;
  /** Whether the server on this port lets us in. */
  isReady: (port: number) => Promise<boolean>;
}

export interface StartedPostmaster {
  port: number;
  isAdopted: boolean;
}

/** How long a server may take to be ready, in milliseconds: it may have to recover from a crash. */
const READY_WITHIN_MS = 300_000;
/** How often a server that ends at once is started again: its port may have been taken, its predecessor be on its way out. */
const MAX_TRIES = 20;
const PAUSE_AFTER_EXIT_MS = 250;
const PAUSE_MS = 10;

/**
 * Starts the server of a cluster, or adopts the one that runs. Postgres's own pid file is the lock: of two servers
 * started on one cluster the second ends at once, and whoever started it finds the first by that file.
 * @throws Error with the end of the server's log where it does not start.
 */
export async function startOrAdopt({ postmaster, portFor, isReady }: StartOptions): Promise<StartedPostmaster> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const isAdopted = (await findPostmaster(postmaster.cluster)) !== undefined;
    if (!isAdopted) {
      await clearForeignPidFile(postmaster.cluster);
      await startOnce({ ...postmaster, port: await portFor(tries) });
    }
    const port = await readyPort(postmaster.cluster, isReady);
    if (port !== undefined) return { port, isAdopted };
    await delay(PAUSE_AFTER_EXIT_MS);
  }
  throw new Error(`The embedded Postgres does not start; its log ends:\n${await tailOfLog(postmaster.cluster)}`);
}

/** Starts a server and returns once it has left its mark (`postmaster.pid`) or ended. */
async function startOnce(options: PostmasterOptions): Promise<void> {
  const child = await spawnPostmaster(options);
  const hasEnded = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  while (!hasEnded() && !(await findPostmaster(options.cluster))) await delay(PAUSE_MS);
}

/** Waits until the server that runs on the cluster is ready; undefined when it ends instead. */
async function readyPort(cluster: string, isReady: (port: number) => Promise<boolean>): Promise<number | undefined> {
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const server = await findPostmaster(cluster);
    if (!server) return undefined;
    if (server.status === 'ready' && (await isReady(server.port))) return server.port;
    if (performance.now() > deadline)
      throw new Error(`The embedded Postgres is not ready after ${READY_WITHIN_MS / 1000} s`);
    await delay(PAUSE_MS);
  }
}
