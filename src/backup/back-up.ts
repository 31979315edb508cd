import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { VARIABLES } from '../config/environment-variables.js';
import type { Environment } from '../config/environment.js';
import { backUpDatabase } from './back-up-database.js';
import { writeManifest, type BackupManifest } from './backup-manifest.js';
import { backUpFile, backUpMedia } from './copy-files.js';

export interface BackUpOptions {
  databaseUrl: string;
  environment: Pick<Environment, 'dataDirectory' | 'gatewayConfig' | 'media'>;
  /** Names of the variables that are set. */
  variables: readonly string[];
  /** A new folder, or an empty one. */
  folder: string;
}

/**
 * Copies what an installation knows: database, configuration file and videos' files, while it works on.
 * @throws Error where the folder is not empty, or where anything can't be copied; what is there then is no backup
 */
export async function backUp({ databaseUrl, environment, variables, folder }: BackUpOptions): Promise<BackupManifest> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) throw new Error(`${folder} is not empty; give a new folder`);
  const database = await backUpDatabase(databaseUrl, folder);
  const { path } = environment.gatewayConfig.file;
  const manifest: BackupManifest = {
    format: 1,
    ...database,
    media: environment.media.s3 ? undefined : await backUpMedia(mediaFolder(environment.dataDirectory), folder),
    configuration: path === undefined ? undefined : await backUpFile(path, folder, 'gateway.yaml'),
    variables: Object.keys(VARIABLES).filter((name) => variables.includes(name)),
  };
  await writeManifest(folder, manifest);
  return manifest;
}

/** Where files of videos lie that are in no bucket. */
export function mediaFolder(dataDirectory: string): string {
  return join(dataDirectory, 'media');
}
