import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { S3Settings } from '../config/video-settings.js';
import { checkedKey, isMediaKey, mediaTypeOf, noSuchFile } from './media-key.js';
import type { MediaLinks } from './media-links.js';
import { MediaStoreError } from './media-store-error.js';
import {
  MediaStore,
  type ByteRange,
  type ListedMedia,
  type MediaState,
  type PutMedia,
  type StoredMedia,
} from './media-store.js';
import { MeasuredBytes } from './measured-bytes.js';
import { assertTypeFits } from './put-media.js';

/** The least that S3 takes; ten thousand of them are 48 GB. What one upload holds in memory is two of them. */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 60_000;
/** Without a byte. Not the SDK's own minute: whoever reads slowly lets the bucket wait. */
const IDLE_TIMEOUT_MS = 300_000;
/** Readers hold a socket each, for as long as they read. */
const MOST_SOCKETS = 1_000;

/** Files in a bucket of anything that speaks S3. A failed call is tried again as the SDK does it: three times in all. */
export class S3MediaStore extends MediaStore implements OnApplicationShutdown {
  private readonly client: S3Client;

  /** @param links absent: links are the bucket's own, presigned ones */
  constructor(
    private readonly settings: S3Settings,
    private readonly links?: MediaLinks,
  ) {
    super();
    this.client = clientOf(settings);
  }

  onApplicationShutdown(): void {
    this.client.destroy();
  }

  async put(source: Readable, target: PutMedia, options: { signal?: AbortSignal } = {}): Promise<StoredMedia> {
    source.on('error', ignore); // told by the pipeline
    const measured = new MeasuredBytes(target.maxBytes).on('error', ignore);
    try {
      assertTypeFits(target);
      pipeline(source, measured, options).catch(ignore); // its failure is the upload's, which reads `measured`
      await this.upload(measured, target, options.signal);
      const { key, mediaType } = target;
      return { key, mediaType, bytes: measured.bytes, sha256: measured.sha256() };
    } catch (error) {
      source.destroy();
      measured.destroy();
      throw isOfBucket(error) && !options.signal?.aborted ? new MediaStoreError(error) : error;
    }
  }

  async *list(prefix: string): AsyncGenerator<ListedMedia> {
    const { bucket: Bucket, prefix: folder } = this.settings;
    for await (const page of paginateListObjectsV2({ client: this.client }, { Bucket, Prefix: folder + prefix })) {
      for (const { Key = '', LastModified } of page.Contents ?? []) {
        const key = Key.slice(folder.length);
        if (isMediaKey(key)) yield { key, modifiedAt: LastModified ?? new Date() };
      }
    }
  }

  async stat(key: string): Promise<MediaState | undefined> {
    if (!isMediaKey(key)) return undefined;
    try {
      const found = await this.client.send(new HeadObjectCommand(this.objectOf(key)));
      return {
        key,
        bytes: found.ContentLength ?? 0,
        mediaType: mediaTypeOf(key),
        modifiedAt: found.LastModified ?? new Date(0),
        etag: (found.ETag ?? '').replaceAll('"', ''),
      };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const part = range && { Range: `bytes=${range.first}-${range.last}` };
    try {
      const found = await this.client.send(new GetObjectCommand({ ...this.objectOf(checkedKey(key)), ...part }));
      return found.Body as Readable;
    } catch (error) {
      if (isAbsent(error)) throw noSuchFile(error);
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    if (isMediaKey(key)) await this.client.send(new DeleteObjectCommand(this.objectOf(key)));
  }

  async link(key: string, expiresInMs: number): Promise<string> {
    if (this.links) return this.links.sign(checkedKey(key), expiresInMs);
    const command = new GetObjectCommand({
      ...this.objectOf(checkedKey(key)),
      ResponseContentDisposition: `inline; filename="${key}"`,
    });
    return getSignedUrl(this.client, command, { expiresIn: Math.ceil(expiresInMs / 1_000) });
  }

  /**
   * A file of several parts that fails is taken back: they would be paid for, and seen by nobody. Who aborts need not
   * wait for that, nor for the parts that are on their way.
   */
  private async upload(body: Readable, { key, mediaType }: PutMedia, signal?: AbortSignal): Promise<void> {
    const params = { ...this.objectOf(key), ContentType: mediaType, Body: body };
    const upload = new Upload({ client: this.client, params, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE });
    const abort = () => void upload.abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await upload.done();
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  private objectOf(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.settings.bucket, Key: this.settings.prefix + key };
  }
}

/** Checksums only where S3 asks for them: others that speak it know none of the newer ones. */
function clientOf({ endpoint, region, credentials }: S3Settings): S3Client {
  return new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: ANSWER_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      socketTimeout: IDLE_TIMEOUT_MS,
      httpAgent: { keepAlive: true, maxSockets: MOST_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MOST_SOCKETS },
    },
  });
}

/** Whatever a call of the client fails with is marked so, also where no answer came. */
function isOfBucket(error: unknown): boolean {
  return error instanceof Error && '$metadata' in error;
}

function isAbsent(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404 && error.name !== 'NoSuchBucket';
}

function ignore(): void {}
