import type { VideoFormat, VideoResolution } from '../contract/video-offer.js';

/** A picture as vendors write it: its aspect ratio and 'WIDTHxHEIGHT'. */
export type Picture = readonly [aspectRatio: string, size: string];

/** Pictures of one resolution at one price. */
export function formats(
  resolution: VideoResolution,
  usdPerSecond: string,
  pictures: readonly Picture[],
): VideoFormat[] {
  return pictures.map(([aspectRatio, size]) => {
    const [width, height] = size.split('x').map(Number);
    return { resolution, aspectRatio, width: width!, height: height!, usdPerSecond };
  });
}
