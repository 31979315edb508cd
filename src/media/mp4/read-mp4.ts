import { BufferSource, Input, Logging, LogLevel, MP4 } from 'mediabunny';
import { videoTiming } from './mp4-timing.js';
import { readOutline, type ByteSource, type Mp4Outline } from './mp4-outline.js';
import { UnplayableVideoError } from './unplayable-video-error.js';

/** More a second than any camera takes or any screen shows. */
const MOST_FRAMES_PER_SECOND = 1_000;

/** It would print what it finds in a stranger's file. */
Logging.level = LogLevel.Silent;

/** What a video's own bytes say of it. */
export interface VideoFacts {
  /** As it is shown: turned, and with square pixels. */
  width: number;
  height: number;
  /** Of the pictures; sound may go on longer. */
  seconds: number;
  /** How many pictures there are, however unevenly. */
  frames: number;
  /** 'avc' (H.264), 'hevc', 'av1', 'vp9' … */
  codec: string;
}

/**
 * Reads what an MP4 is. Only its description is looked at, never its pictures, and of a hostile one no more than 32 MB.
 * @throws UnplayableVideoError; what `source` fails with
 */
export async function readMp4(source: ByteSource): Promise<VideoFacts> {
  const outline = await readOutline(source);
  try {
    return await factsOf(outline);
  } catch (error) {
    if (error instanceof UnplayableVideoError) throw error;
    throw new UnplayableVideoError('its description is damaged', { cause: error });
  }
}

/** The library sees the description alone: it can't be led to read, or to unfold, anything else. */
async function factsOf(outline: Mp4Outline): Promise<VideoFacts> {
  const source = new BufferSource(Buffer.concat([outline.ftyp, outline.moov]));
  const [track] = await new Input({ formats: [MP4], source }).getVideoTracks();
  if (!track) throw new UnplayableVideoError('it has no pictures');
  const [width, height, codec] = await Promise.all([
    track.getDisplayWidth(),
    track.getDisplayHeight(),
    track.getCodec(),
  ]);
  const { seconds, frames } = videoTiming(outline);
  if (codec === null) throw new UnplayableVideoError('its codec is unknown');
  if (!(width > 0 && height > 0)) throw new UnplayableVideoError('it has no size');
  if (!(seconds > 0 && Number.isFinite(seconds))) throw new UnplayableVideoError('it has no length');
  if (!(frames > 0 && frames / seconds <= MOST_FRAMES_PER_SECOND))
    throw new UnplayableVideoError('its pictures can not be counted');
  return { width, height, seconds, frames, codec };
}
