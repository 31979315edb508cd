import type { Request } from 'express';
import type { ByteRange, MediaState } from './media-store.js';

/**
 * Which part of a file a request wants (RFC 9110 section 14). Undefined: all of it; so it is too where the header is
 * malformed, asks for several parts (nobody plays those, and a thousand of them would be work), or where `If-Range`
 * tells that the file is another one by now.
 */
export function wantedRange(request: Request, file: MediaState): ByteRange | 'unsatisfiable' | undefined {
  const header = request.headers.range;
  if (header === undefined || header.includes(',') || !isSameFile(request.get('If-Range'), file)) return undefined;
  const ranges = request.range(file.bytes);
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes') return undefined;
  const { start: first, end: last } = ranges[0]!;
  return { first, last };
}

/** Section 13.1.5: an entity tag must be the very same; a date must be exactly the file's. */
function isSameFile(validator: string | undefined, { etag, modifiedAt }: MediaState): boolean {
  return validator === undefined || validator === `"${etag}"` || validator === modifiedAt.toUTCString();
}
