import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostmaster } from '../../src/database/embedded/postmaster.js';

export interface TestFolder {
  path: string;
  remove(): Promise<void>;
}

/** A new data directory that the server's user can reach, whoever runs the tests. Its name says whose it is. */
export async function makeDataFolder(): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), `gateway-test-${process.pid}-`));
  await chmod(path, 0o755);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Ends the servers and removes the folders of test runs that were killed with everything they had. */
export async function sweepDataFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^gateway-test-(\d+)-/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) await sweep(join(tmpdir(), name)).catch(() => undefined); // another user's, then
  }
}

async function sweep(path: string): Promise<void> {
  const server = await findPostmaster(join(path, 'postgres/cluster'));
  if (server) process.kill(server.pid, 'SIGKILL');
  await rm(path, { recursive: true, force: true, maxRetries: 5 });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
