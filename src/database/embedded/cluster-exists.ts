import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { choosePlacement } from './placement.js';

/** Whether the embedded database of a data directory was ever made. Nothing is made by looking. */
export async function embeddedClusterExists(dataDirectory: string): Promise<boolean> {
  const isThere = await stat(dataDirectory).catch(() => undefined);
  if (!isThere) return false;
  const { home } = await choosePlacement(dataDirectory, () => undefined);
  const cluster = await stat(join(home, 'cluster', 'PG_VERSION')).catch(() => undefined);
  return cluster !== undefined;
}
