import { BufferSource, Input, MP4, QTFF, WEBM } from 'mediabunny';
import type { Size } from './size.js';

export interface VideoMeasure extends Size {
  /** Whole ones, rounded. */
  seconds: number;
}

/** Size and length of a video; undefined: it can't be read. */
export async function videoMeasure(bytes: Buffer): Promise<VideoMeasure | undefined> {
  try {
    const input = new Input({ source: new BufferSource(bytes), formats: [MP4, QTFF, WEBM] });
    const track = await input.getPrimaryVideoTrack();
    if (!track) return undefined;
    const [width, height, seconds] = await Promise.all([
      track.getDisplayWidth(),
      track.getDisplayHeight(),
      input.computeDuration(),
    ]);
    return { width, height, seconds: Math.max(1, Math.round(seconds)) };
  } catch {
    return undefined;
  }
}
