import { createHash } from 'node:crypto';
import { mkdir, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeOwnFolder } from './own-folder.js';
import { canEnter } from './run-as.js';
import { accountForNewCluster, isRoot, type ServerAccount } from './server-account.js';

/** Where the cluster lies and who runs it. */
export interface Placement {
  /** Holds `cluster/`, `password` and `postgres.log`; may not exist yet, its parent does. */
  home: string;
  account: ServerAccount | undefined;
  /** Folders that may take a copy of the programs, best first. */
  copyFolders: string[];
}

/** Folders of root's that every user can reach, best first. */
const sharedFolders = () => ['/var/lib/smart-ai-hub', join(tmpdir(), 'smart-ai-hub')];

/** Names a data directory: its path's hash, short enough for a folder's name. */
export const nameOfDirectory = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 12);

/**
 * Decides where the cluster of a data directory lies. An ordinary user's lies in it. Root's is run by another user, so
 * it lies in it only where that user can reach it, else in a shared folder under a name made from the directory's path:
 * the next start finds it again. A cluster that exists is never left for another place.
 * @throws Error where an existing cluster can't be used by us or its owner, or where no folder is left.
 */
export async function choosePlacement(dataDirectory: string, log: (line: string) => void): Promise<Placement> {
  await mkdir(dataDirectory, { recursive: true });
  const directory = await realpath(dataDirectory);
  const inside = join(directory, 'postgres');
  if (!isRoot()) return ordinaryPlacement(directory, inside);
  const elsewhere = sharedFolders().map((folder) => join(folder, nameOfDirectory(directory), 'postgres'));
  const existing = await firstExisting([inside, ...elsewhere]);
  const placement = existing ? await placementOfExisting(existing) : await placementOfNew(inside, elsewhere);
  if (placement.home !== inside) {
    log(
      `embedded Postgres: its data lies in ${placement.home}, because user ${placement.account?.name} can't enter ${directory}`,
    );
  }
  return placement;
}

async function ordinaryPlacement(directory: string, home: string): Promise<Placement> {
  const owner = (await stat(home).catch(() => undefined))?.uid;
  if (owner !== undefined && owner !== process.getuid?.()) {
    throw new Error(
      `${home} belongs to user id ${owner}, not to us (was it made by root?); give another DATA_DIR or DATABASE_URL`,
    );
  }
  return { home, account: undefined, copyFolders: [directory] };
}

async function firstExisting(homes: string[]): Promise<string | undefined> {
  for (const home of homes) if (await stat(join(home, 'cluster')).catch(() => undefined)) return home;
  return undefined;
}

/** Postgres insists on running as the cluster's owner. One that root restored from a copy gets a new owner. */
async function placementOfExisting(home: string): Promise<Placement> {
  const { uid, gid } = await stat(join(home, 'cluster'));
  const account = uid === 0 ? await accountForNewCluster() : { name: `with id ${uid}`, uid, gid };
  if (!(await canEnter(account, uid === 0 ? dirname(home) : home))) {
    throw new Error(
      `${home} can't be entered by user ${account?.name}, who runs the database; open the folders above it (chmod o+x)`,
    );
  }
  return { home, account, copyFolders: sharedFolders() };
}

async function placementOfNew(inside: string, elsewhere: string[]): Promise<Placement> {
  const account = await accountForNewCluster();
  for (const home of [inside, ...elsewhere]) {
    const parent = dirname(home);
    if (home !== inside && !(await makeOwnFolder(parent))) continue;
    if (await canEnter(account, parent)) return { home, account, copyFolders: sharedFolders() };
  }
  throw new Error(
    `No folder for the embedded Postgres: user ${account?.name} can reach none of ${[inside, ...elsewhere].join(', ')}`,
  );
}
