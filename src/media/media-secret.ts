import { randomBytes } from 'node:crypto';
import { loadDevelopmentSecret } from '../common/development-secret.js';
import type { Environment } from '../config/environment.js';

/** The token under which it is injected. */
export const MEDIA_SECRET = Symbol('MediaSecret');

/**
 * What links are signed with: MEDIA_SECRET; without one and without a DATABASE_URL, a generated one. With a DATABASE_URL
 * it is only absent where no video provider is there: nothing then makes files, and no link is good.
 */
export async function loadMediaSecret({ media, databaseUrl, dataDirectory }: Environment): Promise<string | Buffer> {
  if (media.secret !== undefined) return media.secret;
  return databaseUrl !== undefined ? randomBytes(48) : loadDevelopmentSecret(dataDirectory, 'media-secret');
}
