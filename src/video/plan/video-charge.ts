import type { VideoFile, VideoRecord } from '../store/video-record.js';
import { isAsLarge } from './delivered-size.js';
import { stepInput } from './two-steps.js';
import type { VideoChoice } from './video-plan.js';
import { amountOfFrames, amountOfSeconds } from './video-price.js';
import type { VideoPrice } from './choice-price.js';

/** What a delivered video is charged, and for what of it. */
export interface VideoCharge {
  /** Whole ones. */
  seconds: number;
  /** Of the input, where frames are charged. */
  frames?: number;
  price: VideoPrice;
  /** Whose price that is, where the picture is smaller than it was ordered. */
  resolution?: string;
  /** Micro-credits. */
  cost: bigint;
  /** It is shorter or smaller than it was ordered: the provider may have been paid for more. */
  isLess: boolean;
}

/**
 * What is charged for a file: the seconds that it has, at most those that were ordered, at the price of the picture that
 * it has, at most of the one that was ordered; nothing for a picture that the model does not even offer
 * (docs/decisions/2026-11-22-less-than-ordered.md). Pure.
 */
export function chargeFor(
  { plan, choice: index, input }: Pick<VideoRecord, 'plan' | 'choice' | 'input'>,
  file: Pick<VideoFile, 'width' | 'height' | 'seconds'>,
): VideoCharge {
  const choice = plan.choices[index]!;
  const seconds = deliveredSeconds(choice, stepInput({ plan, input })?.seconds, file.seconds);
  const isShort = seconds < choice.seconds;
  const { usdPerSecond, creditsPerSecond, byFrame } = choice;
  const price = { usdPerSecond, creditsPerSecond };
  if (!isAsLarge(file, choice)) return { ...lesserCharge(choice, seconds, file), isLess: true };
  if (!byFrame) return { seconds, price, cost: amountOfSeconds(choice, seconds), isLess: isShort };
  const { usdPerFrame, creditsPerFrame } = byFrame;
  const frames = Math.ceil((byFrame.frames * seconds) / choice.seconds);
  const cost = amountOfFrames(byFrame, frames);
  return { seconds, frames, price: { ...price, usdPerFrame, creditsPerFrame }, cost, isLess: isShort };
}

/** The dearest of the smaller formats that the file is as large as. */
function lesserCharge(
  { operation, lesser = [], usdPerSecond, creditsPerSecond }: VideoChoice,
  seconds: number,
  file: Pick<VideoFile, 'width' | 'height'>,
): Omit<VideoCharge, 'isLess'> {
  const [format] = lesser
    .filter(({ width, height }) => isAsLarge(file, { operation, width, height }))
    .sort((a, b) => Number(b.usdPerSecond) - Number(a.usdPerSecond));
  if (!format) return { seconds: 0, price: { usdPerSecond, creditsPerSecond }, cost: 0n };
  const { resolution, usdPerSecond: usd, creditsPerSecond: credits } = format;
  const price = { usdPerSecond: usd, creditsPerSecond: credits };
  return { seconds, price, resolution, cost: amountOfSeconds(format, seconds) };
}

/** A video may be half a second shorter than it says: its last frame, a sound that ends earlier. */
const TOLERANCE_SECONDS = 0.5;

/** Of an extension only what was added counts: its file has the input before that. */
function deliveredSeconds(
  { operation, seconds }: VideoChoice,
  inputSeconds: number | undefined,
  fileSeconds: number,
): number {
  const isAsInput = (operation === 'upscale' || operation === 'restyle') && inputSeconds !== undefined;
  const expected = isAsInput ? Math.min(inputSeconds, seconds) : seconds;
  const delivered = operation === 'extend' ? fileSeconds - (inputSeconds ?? 0) : fileSeconds;
  if (delivered >= expected - TOLERANCE_SECONDS) return seconds;
  return Math.max(0, Math.min(seconds, Math.round(delivered)));
}
