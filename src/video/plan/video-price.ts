import { ceilDivide } from '../../billing/pricing/model-price.js';
import { decimalText, parseDecimal } from '../../common/money/micro-credits.js';
import type { FramePrice, VideoChoice, VideoPlan } from './video-plan.js';

/** What a second, or a frame, is charged at, in credits, as exact decimal text: both factors have at most 6 decimals. */
export function creditsOf(usd: string, creditsPerUsd: string): string {
  return decimalText(parseDecimal(usd, 6) * parseDecimal(creditsPerUsd, 6), 12);
}

/** What a second comes to where frames are charged, as decimal text, rounded up: to be shown, not reckoned with. */
export function priceOfSecond(pricePerFrame: string, frames: number, seconds: number, decimals: 6 | 12): string {
  return decimalText(ceilDivide(parseDecimal(pricePerFrame, decimals) * BigInt(frames), BigInt(seconds)), decimals);
}

/** What so many frames cost, in micro-credits, rounded once, up. */
export function amountOfFrames({ creditsPerFrame }: Pick<FramePrice, 'creditsPerFrame'>, frames: number): bigint {
  return ceilDivide(parseDecimal(creditsPerFrame, 12) * BigInt(frames), 10n ** 6n);
}

/** What so many seconds cost, in micro-credits, rounded once, up. @param seconds counted to the microsecond */
export function amountOfSeconds(choice: Pick<VideoChoice, 'creditsPerSecond'>, seconds: number): bigint {
  const microseconds = parseDecimal(seconds.toFixed(6), 6);
  return ceilDivide(parseDecimal(choice.creditsPerSecond, 12) * microseconds, 10n ** 12n);
}

/** What is held, in micro-credits: enough for whichever choices come about, of both steps where there are two. */
export function amountToHold({ choices, then = [] }: Pick<VideoPlan, 'choices' | 'then'>): bigint {
  return dearest(choices) + dearest(then);
}

function dearest(choices: readonly VideoChoice[]): bigint {
  return choices.map(({ amount }) => BigInt(amount)).reduce((most, each) => (each > most ? each : most), 0n);
}
