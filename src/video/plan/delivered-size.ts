import type { VideoOperation, VideoSize } from '../../providers/contract/video-offer.js';

/** Open models round their sides down to multiples of 32 at most: Wan 2.2 makes 1280×704 of 1280×720. */
const ROUNDED_TO = 32;

/**
 * Whether a file is at least as large as what was ordered, but for rounding. An upscaled one keeps the shape of its input
 * and fills the ordered size with one side: which, no vendor says.
 */
export function isAsLarge(file: VideoSize, ordered: VideoSize & { operation: VideoOperation }): boolean {
  const [long, short] = [Math.max(ordered.width, ordered.height), Math.min(ordered.width, ordered.height)];
  if (ordered.operation === 'upscale')
    return Math.max(file.width, file.height) >= rounded(long) || Math.min(file.width, file.height) >= rounded(short);
  return file.width >= rounded(ordered.width) && file.height >= rounded(ordered.height);
}

function rounded(side: number): number {
  return Math.floor(side / ROUNDED_TO) * ROUNDED_TO;
}
