import { mediaKey } from '../../media/media-key.js';

/** What a thumbnail may be. */
export const THUMBNAIL_TYPES: readonly string[] = ['image/jpeg', 'image/png', 'image/webp'];

/**
 * The key of a file that a copy makes. Each copy has its own: one that was thought dead and wakes up can't put a worse
 * file in the place of the one that was charged. It begins with the video's id and a dot, by which its owner is known.
 * @param copy which copy of this video it is, from 1 on
 */
export function copyKey(videoId: string, copy: number, mediaType: string): string {
  return mediaKey(`${videoId}.${copy}`, mediaType);
}

/** Every key that a copy may have used. */
export function copyKeys(videoId: string, copy: number): string[] {
  return ['video/mp4', ...THUMBNAIL_TYPES].map((mediaType) => copyKey(videoId, copy, mediaType));
}
