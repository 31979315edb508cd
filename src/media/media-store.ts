import type { Readable } from 'node:stream';

/** A stored file. */
export interface MediaObject {
  /** Letters, digits, '-', '_' and '.', at most 100, no leading dot; its end tells the type (media-key.ts). */
  key: string;
  bytes: number;
  mediaType: string;
}

/** A file as it was written. */
export interface StoredMedia extends MediaObject {
  /** Lower-case hexadecimal. */
  sha256: string;
}

/** A file as it lies there. */
export interface MediaState extends MediaObject {
  modifiedAt: Date;
  /** Changes with the file: a strong validator (RFC 9110 section 8.8.3), without its quotes. */
  etag: string;
}

/** A file among others. */
export type ListedMedia = Pick<MediaState, 'key' | 'modifiedAt'>;

export interface PutMedia {
  /** As `mediaKey(name, mediaType)` makes them. */
  key: string;
  mediaType: string;
  /** More than that is refused. */
  maxBytes: number;
}

/** The first and the last byte, both included. */
export interface ByteRange {
  first: number;
  last: number;
}

/** Where files are kept: local disk, or anything that speaks S3. Nobody else knows which. */
export abstract class MediaStore {
  /**
   * Writes a file, whole or not at all; the same key again takes its place. `source` is read to its end or destroyed.
   * @throws GatewayError PAYLOAD_TOO_LARGE; MediaStoreError; what `source` failed with; AbortError
   */
  abstract put(source: Readable, target: PutMedia, options?: { signal?: AbortSignal }): Promise<StoredMedia>;

  /** The files whose keys begin so, in no order; those that come or go meanwhile may be among them or not. */
  abstract list(prefix: string): AsyncIterable<ListedMedia>;

  /** Undefined where there is none. */
  abstract stat(key: string): Promise<MediaState | undefined>;

  /**
   * The bytes of a file, or of a part of it; whoever asked reads them to the end or destroys the stream.
   * @param range within the file: nothing is promised for one that begins behind its end
   * @throws GatewayError NOT_FOUND
   */
  abstract read(key: string, range?: ByteRange): Promise<Readable>;

  /** Removes a file; one that is not there is removed already. */
  abstract delete(key: string): Promise<void>;

  /**
   * Where whoever holds this link can fetch the file until it expires. Without CDN_BASE_URL and PUBLIC_URL, and where
   * files lie on the local disk, it is a path, '/media/…': who answers an HTTP request puts that request's own origin
   * before it (`new URL(link, origin)`, which leaves a whole URL as it is).
   * @param expiresInMs how long it lasts
   */
  abstract link(key: string, expiresInMs: number): Promise<string>;
}
