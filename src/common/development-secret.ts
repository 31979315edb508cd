import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const SECRET_BYTES = 48;

/**
 * A secret that is not configured (never in production): generated once into `<dataDirectory>/<name>`, readable by its
 * owner only, and reused afterwards. Processes that start at once agree: the file appears complete or not at all, and
 * whoever comes second reads the first one's.
 * @throws Error naming the file where its content can't be a secret.
 */
export async function loadDevelopmentSecret(
  dataDirectory: string,
  name: 'jwt-secret' | 'media-secret' | 'audit-secret',
): Promise<string> {
  const path = join(dataDirectory, name);
  const secret = (await readIfPresent(path)) ?? (await createSecret(dataDirectory, path));
  if (Buffer.byteLength(secret) >= 32) return secret;
  throw new Error(`${path} holds less than 32 bytes; delete it, and a new secret is generated.`);
}

async function createSecret(dataDirectory: string, path: string): Promise<string> {
  await mkdir(dataDirectory, { recursive: true });
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  await writeFile(draft, randomBytes(SECRET_BYTES).toString('base64url'), { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path); // Fails where the file exists: unlike a rename it never replaces another's secret.
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await readFile(path, 'utf8')).trim();
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
