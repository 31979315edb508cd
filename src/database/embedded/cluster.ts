import { randomBytes } from 'node:crypto';
import { chown, lchown, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Placement } from './placement.js';
import { findPostmaster } from './postmaster.js';
import { runAs } from './run-as.js';

/** The server's superuser and its first database. */
export const SUPERUSER = 'postgres';

/**
 * Makes the cluster where there is none and returns the superuser's password. It is made in a folder beside and moved
 * into place whole: whoever is killed halfway leaves nothing that looks like a cluster, and of two that make one at the
 * same time the faster wins and the other takes that one.
 * @throws Error with initdb's own words where it fails.
 */
export async function ensureCluster(
  placement: Placement,
  binaries: string,
  log: (line: string) => void,
): Promise<string> {
  const { home } = placement;
  await sweepScratch(home);
  if (!(await isComplete(home))) {
    await setAside(home, log);
    log(`embedded Postgres: making a new cluster in ${home}`);
    await makeCluster(placement, binaries);
  }
  await giveToAccount(placement);
  return readFile(join(home, 'password'), 'utf8');
}

async function isComplete(home: string): Promise<boolean> {
  const parts = ['password', 'cluster/PG_VERSION', 'cluster/global/pg_control'];
  const found = await Promise.all(parts.map((part) => stat(join(home, part)).catch(() => undefined)));
  return found.every((entry) => entry !== undefined && entry.size > 0);
}

/** Half a cluster is kept under another name, never deleted: somebody may know more about it than we do. */
async function setAside(home: string, log: (line: string) => void): Promise<void> {
  if (!(await stat(home).catch(() => undefined))) return;
  if (await findPostmaster(join(home, 'cluster')))
    throw new Error(`${home} is damaged, and a server runs on it; stop that first`);
  const aside = `${home}.incomplete-${Date.now()}-${process.pid}`;
  await rename(home, aside);
  if (await isComplete(aside)) {
    await rename(aside, home); // another process finished it between our two looks
    return;
  }
  log(`embedded Postgres: ${home} holds no whole cluster; kept as ${aside}`);
}

async function makeCluster({ home, account }: Placement, binaries: string): Promise<void> {
  const scratch = await mkdtemp(`${home}.making-${process.pid}-`);
  const password = join(scratch, 'password');
  try {
    await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600 });
    await mkdir(join(scratch, 'cluster'), { mode: 0o700 });
    if (account) {
      for (const path of [password, join(scratch, 'cluster'), scratch]) await chown(path, account.uid, account.gid);
    }
    const flags = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions'];
    const init = ['-D', join(scratch, 'cluster'), '-U', SUPERUSER, `--pwfile=${password}`, ...flags];
    const { isSuccess, output } = await runAs(account, join(binaries, 'bin', 'initdb'), init);
    if (!isSuccess) throw new Error(`initdb failed in ${scratch}: ${output.trim()}`);
    await rename(scratch, home).catch(async (error: Error) => {
      if (!(await isComplete(home))) throw error;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A cluster that root copied into place belongs to root, as whom no server runs. */
async function giveToAccount({ home, account }: Placement): Promise<void> {
  if (!account || (await stat(join(home, 'cluster'))).uid !== 0) return;
  const paths = await readdir(home, { recursive: true });
  for (const path of [home, ...paths.map((name) => join(home, name))]) await lchown(path, account.uid, account.gid);
}

/** Removes what processes that no longer live left of unfinished clusters. */
async function sweepScratch(home: string): Promise<void> {
  for (const name of await readdir(dirname(home))) {
    const pid = new RegExp(`^${basename(home)}\\.making-(\\d+)-`).exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) await rm(join(dirname(home), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
