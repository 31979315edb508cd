import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { prepareBinaries } from './embedded/binaries.js';
import { SUPERUSER, ensureCluster } from './embedded/cluster.js';
import { choosePort } from './embedded/free-port.js';
import { keepRunning } from './embedded/keep-running.js';
import { choosePlacement } from './embedded/placement.js';
import { findPostmaster } from './embedded/postmaster.js';
import { startOrAdopt } from './embedded/start-postmaster.js';
import { stopPostmaster } from './embedded/stop-postmaster.js';
import { QuietClient } from './quiet-client.js';

export interface EmbeddedPostgresOptions {
  /** The data directory of the installation; the cluster lies in its folder `postgres`, or where `log` says. */
  dataDirectory: string;
  /** The port to take where it is free; else, or where none is given, any free one. */
  port?: number;
  /** Further server settings, such as `{ fsync: 'off' }` for tests. */
  settings?: Record<string, string>;
  log: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Connects as superuser over loopback; names this process to the server, so that `stop` knows whose connections are whose. */
  url: string;
  port: number;
  /** Stops the server and waits for it (what still runs on it is rolled back), unless another gateway is connected to it. */
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL 18 on the cluster of a data directory, making it at the first start, or adopts the server
 * that already runs on it (its gateway was killed, or another gateway started it). Until `stop` the server is started
 * again on the same port should it end by itself.
 * @throws Error where there is no package for this platform, no place for the cluster, or the server does not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDirectory, settings = {}, log } = options;
  const placement = await choosePlacement(dataDirectory, log);
  const binaries = await prepareBinaries(placement.account, placement.copyFolders, log);
  const password = await ensureCluster(placement, binaries, log);
  const cluster = join(placement.home, 'cluster');
  const urlOf = (port: number, name: string) =>
    `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres?application_name=${name}`;

  const start = (portFor: (tries: number) => Promise<number>) =>
    startOrAdopt({
      postmaster: { binaries, cluster, account: placement.account, settings },
      portFor,
      isReady: (port) => accepts(urlOf(port, 'start')),
    });
  const { port, isAdopted } = await start((tries) => choosePort(tries === 0 ? options.port : undefined));
  log(`embedded Postgres: ${isAdopted ? 'adopted the server that runs' : 'runs'} on 127.0.0.1:${port}`);

  const isRunning = async () => (await findPostmaster(cluster)) !== undefined;
  const watch = keepRunning(isRunning, async () => void (await start(() => Promise.resolve(port))), log);
  const applicationName = `gateway-${process.pid}-${randomBytes(4).toString('hex')}`;
  const stop = async () => {
    await watch.end();
    await stopPostmaster({ cluster, url: urlOf(port, 'stop'), applicationName, log });
  };
  let stopped: Promise<void> | undefined;
  return { url: urlOf(port, applicationName), port, stop: () => (stopped ??= stop()) };
}

async function accepts(url: string): Promise<boolean> {
  const client = new QuietClient({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    return true;
  } catch {
    return false; // it says so itself: not ready yet
  } finally {
    await client.end().catch(() => undefined);
  }
}
