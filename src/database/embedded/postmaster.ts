import { spawn, type ChildProcess } from 'node:child_process';
import { link, open, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { commandLineOf } from './command-line.js';
import { parsePostmasterFile, type PostmasterFile } from './postmaster-file.js';
import { SERVER_ENVIRONMENT, identityOf } from './run-as.js';
import type { ServerAccount } from './server-account.js';

/** The server's own log starts anew at a start that finds it larger, in bytes. */
const MAX_LOG_BYTES = 8 * 1024 * 1024;

/** How the server is run; durable as a server should be, small as a guest should be. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  max_wal_size: '512MB',
  min_wal_size: '80MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

export interface PostmasterOptions {
  binaries: string;
  cluster: string;
  port: number;
  account: ServerAccount | undefined;
  /** Further settings (`-c name=value`), such as `fsync: 'off'` for tests. */
  settings?: Record<string, string>;
}

/**
 * Starts the server in a process group of its own: Ctrl-C at our terminal must not end it before we have drained. It logs to
 * `postgres.log` beside the cluster.
 */
export async function spawnPostmaster(options: PostmasterOptions): Promise<ChildProcess> {
  const { binaries, cluster, port, account } = options;
  const path = logFileOf(cluster);
  if (((await stat(path).catch(() => undefined))?.size ?? 0) > MAX_LOG_BYTES) await truncate(path);
  const settings = Object.entries({ ...SETTINGS, ...options.settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const file = await open(path, 'a', 0o600);
  try {
    if (account) await file.chown(account.uid, account.gid); // the cluster's owner may run it without root one day
    const child = spawn(join(binaries, 'bin', 'postgres'), ['-D', cluster, '-p', String(port), ...settings], {
      ...identityOf(account),
      cwd: '/',
      env: SERVER_ENVIRONMENT,
      detached: true,
      stdio: ['ignore', file.fd, file.fd],
    });
    child.on('error', () => undefined); // it could not be run: it has no pid then, and its starter sees that
    child.unref();
    return child;
  } finally {
    await file.close();
  }
}

const logFileOf = (cluster: string): string => join(dirname(cluster), 'postgres.log');

/** The end of the server's own log, for an error message. */
export async function tailOfLog(cluster: string): Promise<string> {
  const text = await readFile(logFileOf(cluster), 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-8).join('\n');
}

/** What `postmaster.pid` says where the process it names lives and is the server of this very cluster. */
export async function findPostmaster(cluster: string): Promise<PostmasterFile | undefined> {
  const file = await readPostmasterFile(cluster);
  return file && (await isPostmasterOf(file.pid, cluster)) ? file : undefined;
}

async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  return parsePostmasterFile(await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => ''));
}

async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  const [program = '', ...args] = await commandLineOf(pid);
  return basename(program) === 'postgres' && args.includes(cluster);
}

/**
 * Postgres itself gets over a pid file whose process is dead, but not over one whose number was given to another
 * process since. That one is moved away; should it have become a living server's meanwhile, it is put back.
 */
export async function clearForeignPidFile(cluster: string): Promise<void> {
  const file = await readPostmasterFile(cluster);
  if (!file || (await isPostmasterOf(file.pid, cluster))) return;
  const path = join(cluster, 'postmaster.pid');
  const aside = `${path}.stale-${process.pid}`;
  try {
    await rename(path, aside);
    const moved = parsePostmasterFile(await readFile(aside, 'utf8'));
    if (moved && (await isPostmasterOf(moved.pid, cluster))) await link(aside, path);
  } catch {
    return; // gone already, or a new one is there: the start that follows finds out
  } finally {
    await rm(aside, { force: true });
  }
}
