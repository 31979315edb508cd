import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { prepareBinaries } from './embedded/binaries.js';
import { SUPERUSER, ensureCluster } from './embedded/cluster.js';
import { choosePort } from './embedded/free-port.js';
import { choosePlacement } from './embedded/placement.js';
import {
  clearForeignPidFile,
  findPostmaster,
  spawnPostmaster,
  tailOfLog,
  type PostmasterOptions,
} from './embedded/postmaster.js';
import { stopPostmaster } from './embedded/stop-postmaster.js';

export interface EmbeddedPostgresOptions {
  /** The data directory of the installation; the cluster lies in its folder `postgres`, or where `log` says. */
  dataDirectory: string;
  /** The port to take where it is free; else, or where none is given, any free one. */
  port?: number;
  /** Further server settings, such as `fsync: 'off'` for tests. */
  settings?: Record<string, string>;
  log: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Connects as superuser over loopback; names this process to the server, so that `stop` knows whose connections are whose. */
  url: string;
  port: number;
  /** Stops the server (what still runs on it is rolled back), unless another gateway is connected to it. */
  stop(): Promise<void>;
}

/** How long a server may take to be ready: it may have to recover from a crash. */
const READY_WITHIN_MS = 300_000;
/** How often a server that ends at once is started again: its port may have been taken, its predecessor be on its way out. */
const MAX_STARTS = 20;
const PAUSE_MS = 50;
const PAUSE_AFTER_EXIT_MS = 250;

/**
 * Starts a real PostgreSQL 18 on the cluster of a data directory, making it at the first start, or adopts the server
 * that already runs on it (its gateway was killed, or another gateway started it).
 * @throws Error where there is no package for this platform, no place for the cluster, or the server does not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log } = options;
  const placement = await choosePlacement(options.dataDirectory, log);
  const binaries = await prepareBinaries(placement.account, placement.copyFolders, log);
  const password = await ensureCluster(placement, binaries, log);
  const cluster = join(placement.home, 'cluster');
  const urlOf = (port: number, name: string) =>
    `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres?application_name=${name}`;
  const port = await startOrAdopt(
    { binaries, cluster, account: placement.account, ...(options.settings ? { settings: options.settings } : {}) },
    options.port,
    (candidate) => accepts(urlOf(candidate, 'start')),
    log,
  );
  const applicationName = `gateway-${process.pid}-${randomBytes(4).toString('hex')}`;
  let stopped: Promise<void> | undefined;
  return {
    url: urlOf(port, applicationName),
    port,
    stop: () => (stopped ??= stopPostmaster({ cluster, url: urlOf(port, 'stop'), applicationName, log })),
  };
}

/**
 * Postgres's own pid file is the lock: of two servers started on one cluster the second ends at once, and its starter
 * finds the first by the file.
 */
async function startOrAdopt(
  options: Omit<PostmasterOptions, 'port'>,
  wantedPort: number | undefined,
  isReady: (port: number) => Promise<boolean>,
  log: (line: string) => void,
): Promise<number> {
  for (let starts = 0; starts < MAX_STARTS; starts++) {
    const running = await findPostmaster(options.cluster);
    if (!running) {
      await clearForeignPidFile(options.cluster);
      await startOnce(options, await choosePort(starts === 0 ? wantedPort : undefined));
    }
    const port = await readyPort(options.cluster, isReady);
    if (port !== undefined) {
      log(`embedded Postgres: ${running ? 'adopted the server that runs' : 'runs'} on 127.0.0.1:${port}`);
      return port;
    }
    await delay(PAUSE_AFTER_EXIT_MS);
  }
  throw new Error(`The embedded Postgres does not start; its log ends:\n${await tailOfLog(options.cluster)}`);
}

/** Starts a server and returns once it has either left its mark (`postmaster.pid`) or ended. */
async function startOnce(options: Omit<PostmasterOptions, 'port'>, port: number): Promise<void> {
  const child = await spawnPostmaster({ ...options, port });
  let hasEnded = false;
  child.once('exit', () => (hasEnded = true));
  child.once('error', () => (hasEnded = true));
  while (!hasEnded && (await findPostmaster(options.cluster)) === undefined) await delay(PAUSE_MS / 5);
}

/** Waits until the server that runs on the cluster answers; undefined when it ended instead. */
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

async function accepts(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
