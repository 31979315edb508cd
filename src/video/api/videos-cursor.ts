import { isVideoId } from './video-id.js';

/** A cursor for the videos older than one. Opaque to clients: its form may change. */
export function videosCursor(beforeId: string): string {
  return Buffer.from(`before:${beforeId}`).toString('base64url');
}

/** The video's id that a cursor stands for; undefined where it is none of ours. */
export function readVideosCursor(cursor: string): string | undefined {
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const id = text.slice('before:'.length);
  return isVideoId(id) && videosCursor(id) === cursor ? id : undefined;
}
