import { createHmac, randomUUID } from 'node:crypto';
import { mediaKey } from '../../media/media-key.js';

/** How the key of what a workflow builds on begins, whoever's it is. */
export const INPUT_KEYS_BEGIN = 'input-';

/** 128 bits, as hexadecimal: nobody finds two users with the same. */
const OWNER_DIGITS = 32;

/**
 * The keys of what workflows build on: `input-<whose>-<which>.png`. The file is stored before its video, so until then its
 * key alone says whose it is, and only to who has the secret.
 */
export class InputKeys {
  constructor(private readonly secret: string | Buffer) {}

  /** What all keys of that user's inputs begin with, and nobody else's. */
  beginOf(userId: string): string {
    const digest = createHmac('sha256', this.secret).update(`input-owner\n${userId}`).digest('hex');
    return `${INPUT_KEYS_BEGIN}${digest.slice(0, OWNER_DIGITS)}-`;
  }

  /** A key that no other file has. @throws Error for a type of which no files are stored */
  make(userId: string, mediaType: string): string {
    return mediaKey(this.beginOf(userId) + randomUUID(), mediaType);
  }
}
