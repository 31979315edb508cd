import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BackedUpFile } from './backup-manifest.js';

/** Lets bytes pass and knows their number and their SHA-256. */
export class Digest extends Transform {
  bytes = 0;
  private readonly hash = createHash('sha256');

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.hash.update(chunk);
    this.bytes += chunk.length;
    done(null, chunk);
  }

  /** Of all that passed; once. */
  sha256(): string {
    return this.hash.digest('hex');
  }
}

/** @throws Error where a file of the backup is not there, or not as it was written */
export async function assertWhole(folder: string, { file, bytes, sha256 }: BackedUpFile): Promise<void> {
  const digest = new Digest();
  try {
    await pipeline(createReadStream(join(folder, file)), digest.resume());
  } catch (error) {
    throw new Error(`${file} of the backup can't be read`, { cause: error });
  }
  if (digest.bytes !== bytes || digest.sha256() !== sha256)
    throw new Error(`${file} of the backup is not what was backed up: its digest differs`);
}
