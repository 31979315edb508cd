import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of the backup, by which a copy is known to be whole. */
export interface BackedUpFile {
  /** Below the backup's folder. */
  file: string;
  bytes: number;
  sha256: string;
}

export interface BackedUpTable extends BackedUpFile {
  schema: string;
  name: string;
  /** In the order of the file's columns. */
  columns: string[];
  rows: number;
}

/** A part of a partitioned table, which has its rows in the file of the whole. */
export interface Partition {
  schema: string;
  name: string;
  parent: string;
  /** As PostgreSQL writes it: 'FOR VALUES FROM (1) TO (2)' or 'DEFAULT'. */
  bound: string;
}

export interface Sequence {
  schema: string;
  name: string;
  lastValue: string;
  isCalled: boolean;
}

/** What a backup holds. It is written last: a folder without it is no backup. */
export interface BackupManifest {
  format: 1;
  /** What the database was at, as text of ISO 8601: everything that was committed before is in it. */
  takenAt: string;
  postgresVersion: string;
  /** Names of the migrations that had run: a restore makes the same tables. */
  migrations: string[];
  tables: BackedUpTable[];
  partitions: Partition[];
  sequences: Sequence[];
  /** Files of videos; absent: they are in a bucket, which is not copied. */
  media: BackedUpFile[] | undefined;
  /** The GATEWAY_CONFIG file; absent: there is none. */
  configuration: BackedUpFile | undefined;
  /** Names of the variables that were set, without their values: what a restored place needs too. */
  variables: string[];
}

const NAME = 'backup.json';

/** @throws Error where the folder is no finished backup, or one of another format */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const text = await readFile(join(folder, NAME), 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error(`${folder} is no finished backup: it has no ${NAME}`);
  const manifest = JSON.parse(text) as BackupManifest;
  if (manifest.format !== 1) throw new Error(`${folder} is a backup of a form that this version does not know`);
  return manifest;
}

export async function writeManifest(folder: string, manifest: BackupManifest): Promise<void> {
  const draft = join(folder, `.${NAME}`);
  await writeFile(draft, `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600, flush: true });
  await rename(draft, join(folder, NAME));
}
