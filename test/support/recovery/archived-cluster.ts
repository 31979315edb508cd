import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { appendFile, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../../src/database/embedded-postgres.js';
import { findPostmaster } from '../../../src/database/embedded/postmaster.js';
import { eventually } from '../eventually.js';

const clusterOf = (dataDirectory: string) => join(dataDirectory, 'postgres', 'cluster');

/** Makes the database of a data directory, which archives its write-ahead log from its next start on. */
export async function makeArchivedCluster(
  dataDirectory: string,
  { archive, timeoutSeconds }: { archive: string; timeoutSeconds: number },
): Promise<void> {
  mkdirSync(archive);
  chmodSync(archive, 0o777); // the server's account writes it
  const server = await startEmbeddedPostgres({ dataDirectory, log: () => undefined });
  await server.stop();
  await appendFile(
    join(clusterOf(dataDirectory), 'postgresql.auto.conf'),
    [
      "archive_mode = 'on'",
      `archive_timeout = '${timeoutSeconds}s'`,
      // whole or not there at all, and never twice under one name (PostgreSQL 18, section 25.3.1)
      `archive_command = 'test ! -f ${archive}/%f && cp %p ${archive}/%f.part && mv ${archive}/%f.part ${archive}/%f'`,
      '',
    ].join('\n'),
  );
}

/**
 * A base backup while the server works, as section 25.3.3 of PostgreSQL's manual has it: what changes while it is copied is
 * made good from the write-ahead log.
 */
export async function takeBaseBackup(databaseUrl: string, dataDirectory: string, to: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`SELECT pg_backup_start('rehearsal', fast => true)`);
    await copyTree(clusterOf(dataDirectory), join(to, 'cluster'));
    await copyFile(join(dirname(clusterOf(dataDirectory)), 'password'), join(to, 'password'));
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop()');
    await writeFile(join(to, 'cluster', 'backup_label'), rows[0]!.labelfile);
  } finally {
    await client.end();
  }
}

/** What one server has for itself, and what is in the archive anyhow. */
const LEFT_OUT = /^(postmaster\.(pid|opts)|pg_wal\/.+|pg_replslot\/.+)$/;

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const entry of await readdir(from, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(from.length + 1);
    if (entry.isDirectory()) await mkdir(join(to, name), { recursive: true, mode: 0o700 });
    else if (!LEFT_OUT.test(name)) await copyFile(path, join(to, name)).catch(ignoreVanished);
  }
}

function ignoreVanished(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error; // a table that was dropped meanwhile: the log knows
}

/** Puts a base backup where a data directory's database lies; its next start brings it up to the archive's end, or to `until`. */
export async function placeBaseBackup(
  backup: string,
  dataDirectory: string,
  { archive, until }: { archive: string; until?: Date },
): Promise<void> {
  const cluster = clusterOf(dataDirectory);
  await mkdir(dataDirectory, { recursive: true });
  await copyTree(join(backup, 'cluster'), cluster);
  for (const folder of ['archive_status', 'summaries'])
    await mkdir(join(cluster, 'pg_wal', folder), { recursive: true });
  await copyFile(join(backup, 'password'), join(dirname(cluster), 'password'));
  const settings = [
    `restore_command = 'cp ${archive}/%f %p'`,
    "hot_standby = 'off'", // nobody is let in before it is done
    "archive_mode = 'off'",
    ...(until
      ? [`recovery_target_time = '${until.toISOString().replace('Z', '+00')}'`, "recovery_target_action = 'promote'"]
      : []),
  ];
  await appendFile(join(cluster, 'postgresql.auto.conf'), `${settings.join('\n')}\n`);
  writeFileSync(join(cluster, 'recovery.signal'), '');
}

/** Ends the server of a data directory as when its machine goes. */
export async function loseServer(dataDirectory: string): Promise<void> {
  const server = await findPostmaster(clusterOf(dataDirectory));
  if (!server) throw new Error(`no server runs on ${dataDirectory}`);
  process.kill(-server.pid, 'SIGKILL');
  await eventually(async () => expect(await findPostmaster(clusterOf(dataDirectory))).toBeUndefined());
}
