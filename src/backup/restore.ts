import type { Environment } from '../config/environment.js';
import { mediaFolder } from './back-up.js';
import { readManifest, type BackupManifest } from './backup-manifest.js';
import { assertNoMedia, restoreMedia } from './copy-files.js';
import { assertWhole } from './digest-file.js';
import { assertEmptyDatabase, restoreDatabase, type LedgerFault } from './restore-database.js';

export interface RestoreOptions {
  databaseUrl: string;
  environment: Pick<Environment, 'dataDirectory' | 'media'>;
  folder: string;
}

export interface Restored {
  manifest: BackupManifest;
  /** What the ledger's own audit says; empty where all adds up. */
  ledgerFaults: LedgerFault[];
}

/**
 * Brings a backup back into a fresh place: a database without tables, no videos. Nothing is begun before every file
 * of the backup was found whole.
 * @throws Error where the backup is not whole, the place is not fresh, or anything can't be copied
 */
export async function restore({ databaseUrl, environment, folder }: RestoreOptions): Promise<Restored> {
  const manifest = await readManifest(folder);
  const { tables, media, configuration } = manifest;
  for (const file of [...tables, ...(media ?? []), ...(configuration ? [configuration] : [])])
    await assertWhole(folder, file);
  const target = mediaFolder(environment.dataDirectory);
  await Promise.all([assertEmptyDatabase(databaseUrl), assertNoMedia(target)]);
  if (media && !environment.media.s3) await restoreMedia(folder, media, target);
  const ledgerFaults = await restoreDatabase(databaseUrl, folder, manifest);
  return { manifest, ledgerFaults };
}
