import type { VideoFormat, VideoOffer, VideoResolution } from '../../providers/contract/video-offer.js';
import { aspectRatioOf } from '../../providers/video/aspect-ratio.js';
import { GIVEN_DEFAULTS, shapeOf, wantedAspectRatio, wantedDuration, type VideoWish } from './video-wish.js';

/** A video as an offer would make it, for a wish that it covers. */
export interface Fit {
  offer: VideoOffer;
  seconds: number;
  format: VideoFormat;
  /** How far what was left out is from its default: resolution, aspect ratio, seconds. Less is better, the first decides. */
  distance: readonly number[];
}

/** Of a picture of 16:9. */
const HEIGHTS: Record<VideoResolution, number> = { '720p': 720, '1080p': 1080, '4K': 2160 };

/** Undefined where the offer can't make exactly what was given. */
export function fitOffer(offer: VideoOffer, wish: VideoWish): Fit | undefined {
  if (offer.operation !== wish.operation) return undefined;
  if (wish.prompt.length > (offer.maxPromptLength ?? Infinity)) return undefined;
  if (wish.input?.seconds !== undefined && wish.input.seconds > (offer.maxInputSeconds ?? 0)) return undefined;
  const seconds = secondsOf(offer, wish);
  const format = formatOf(offer, wish);
  if (seconds === undefined || format === undefined) return undefined;
  const duration = offer.seconds.length === 0 ? seconds : wantedDuration(wish);
  return { offer, seconds, format, distance: [...formatDistance(format, wish), Math.abs(seconds - duration)] };
}

/** Formats of an offer that are exactly what was given. */
export function formatsThatFit(offer: VideoOffer, wish: VideoWish): VideoFormat[] {
  const { resolution, aspectRatio, input } = wish;
  return formatsFor(offer, wish).filter(
    (format) =>
      (resolution === undefined || format.resolution === resolution) &&
      (aspectRatio === undefined || format.aspectRatio === aspectRatio) &&
      (format.usdPerFrame === undefined || !input || input.frames !== undefined) &&
      (!input || !offer.inputMatchesSize || (format.width === input.width && format.height === input.height)),
  );
}

/** Where the input's shape is kept a format has that shape; without an input, any that is asked for. */
function formatsFor({ formats, keepsShape }: VideoOffer, { aspectRatio, input }: VideoWish): readonly VideoFormat[] {
  if (!keepsShape) return formats;
  return formats.map((format) => {
    const ratio = input ? aspectRatioOf(input.width, input.height) : (aspectRatio ?? format.aspectRatio);
    const { width, height } = format;
    const sides = shapeOf(ratio) < 1 ? { width: height, height: width } : { width, height };
    return { ...format, ...sides, aspectRatio: ratio };
  });
}

function secondsOf({ seconds }: VideoOffer, wish: VideoWish): number | undefined {
  const { duration, input } = wish;
  if (seconds.length === 0) {
    const length = input?.seconds === undefined ? (duration ?? wantedDuration(wish)) : wantedDuration(wish);
    return duration === undefined || duration === length ? length : undefined;
  }
  if (duration !== undefined) return seconds.includes(duration) ? duration : undefined;
  return nearest(seconds, (each) => [Math.abs(each - wantedDuration(wish))]);
}

function formatOf(offer: VideoOffer, wish: VideoWish): VideoFormat | undefined {
  return nearest(formatsThatFit(offer, wish), (format) => formatDistance(format, wish));
}

function formatDistance(format: VideoFormat, wish: VideoWish): number[] {
  return [
    wish.resolution === undefined ? ratio(HEIGHTS[format.resolution], HEIGHTS[GIVEN_DEFAULTS.resolution]) : 0,
    wish.aspectRatio === undefined ? ratio(shapeOf(format.aspectRatio), shapeOf(wantedAspectRatio(wish))) : 0,
  ];
}

/** By how much one is larger than the other, whichever it is; 0: not at all. */
function ratio(a: number, b: number): number {
  return Math.abs(Math.log(a / b));
}

/** The one with the least distance; of several, the first. */
export function nearest<T>(all: readonly T[], distanceOf: (each: T) => readonly number[]): T | undefined {
  return all.reduce<T | undefined>(
    (best, each) => (best === undefined || isLess(distanceOf(each), distanceOf(best)) ? each : best),
    undefined,
  );
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  const decisive = a.findIndex((each, index) => each !== b[index]);
  return decisive >= 0 && a[decisive]! < b[decisive]!;
}
