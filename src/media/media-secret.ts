import { randomBytes } from 'node:crypto';
import { loadDevelopmentSecret } from '../common/development-secret.js';
import type { Environment } from '../config/environment.js';

/**
 * What links are signed with: MEDIA_SECRET; without one, outside production, a generated one. In production it is
 * only absent where no video provider is configured: nothing then makes files, and no link is good.
 */
export async function loadMediaSecret({ media, isProduction, dataDirectory }: Environment): Promise<string | Buffer> {
  if (media.secret !== undefined) return media.secret;
  return isProduction ? randomBytes(48) : loadDevelopmentSecret(dataDirectory, 'media-secret');
}
