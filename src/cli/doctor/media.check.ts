import { randomUUID } from 'node:crypto';
import { rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Environment } from '../../config/environment.js';
import { LocalMediaStore } from '../../media/local-media-store.js';
import { mediaKey } from '../../media/media-key.js';
import { MediaLinks } from '../../media/media-links.js';
import type { MediaStore } from '../../media/media-store.js';
import { S3MediaStore } from '../../media/s3-media-store.js';
import { fault, type CheckResult, type Finding } from './finding.js';

const CHECK = 'media';
const MEDIA_TYPE = 'image/png';
const BYTES = Buffer.from('written by the doctor');

/** Whether files of videos can be written, read and removed: by one of its own, which it takes away. */
export async function checkMedia({ media, dataDirectory, gatewayConfig, video }: Environment): Promise<CheckResult> {
  if (gatewayConfig.initial.videoProviders.length === 0 && !video.isSimulated)
    return { check: CHECK, note: 'nobody makes videos' };
  if (media.s3) {
    const store = new S3MediaStore(media.s3);
    try {
      const findings = await tried(
        store,
        'Check MEDIA_S3_BUCKET, _ENDPOINT, _REGION and the key, and that it may put, get and delete objects.',
      );
      return { check: CHECK, findings, note: `the bucket ${media.s3.bucket}` };
    } finally {
      store.onApplicationShutdown();
    }
  }
  const folder = join(dataDirectory, 'media');
  const before = await Promise.all([folder, dataDirectory].map(exists));
  const store = new LocalMediaStore(folder, new MediaLinks(randomUUID(), '')); // it gives out no link
  const findings = await tried(store, `Let this user write to ${folder}, or set DATA_DIR or MEDIA_S3_BUCKET.`);
  for (const [index, path] of [folder, dataDirectory].entries())
    if (!before[index]) await rmdir(path).catch(() => undefined);
  return { check: CHECK, findings, note: folder };
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function tried(store: MediaStore, advice: string): Promise<Finding[]> {
  const key = mediaKey(`doctor-${randomUUID()}`, MEDIA_TYPE);
  try {
    await store.put(Readable.from([BYTES]), { key, mediaType: MEDIA_TYPE, maxBytes: BYTES.length });
    const read = await buffer(await store.read(key));
    if (read.equals(BYTES)) return [];
    return [fault('What was written to the media store came back as something else', advice)];
  } catch (error) {
    const { message, cause } = error as Error;
    const { code, name } = (cause ?? {}) as { code?: string; name?: string };
    return [fault(`Files can't be stored: ${code ?? name ?? message}`, advice)];
  } finally {
    await store.delete(key).catch(() => undefined);
  }
}
