import { ceilDivide } from '../../billing/pricing/model-price.js';
import { decimalText, parseDecimal } from '../../common/money/micro-credits.js';
import type { VideoChoice, VideoPlan } from './video-plan.js';

/** What a second is charged at, in credits, as exact decimal text: both factors have at most 6 decimals. */
export function creditsPerSecond(usdPerSecond: string, creditsPerUsd: string): string {
  return decimalText(parseDecimal(usdPerSecond, 6) * parseDecimal(creditsPerUsd, 6), 12);
}

/** What so many seconds cost, in micro-credits, rounded once, up. @param seconds counted to the microsecond */
export function amountOfSeconds(choice: Pick<VideoChoice, 'creditsPerSecond'>, seconds: number): bigint {
  const microseconds = parseDecimal(seconds.toFixed(6), 6);
  return ceilDivide(parseDecimal(choice.creditsPerSecond, 12) * microseconds, 10n ** 12n);
}

/** What is held, in micro-credits: enough for whichever choice comes about. */
export function amountToHold({ choices }: Pick<VideoPlan, 'choices'>): bigint {
  return choices.map(({ amount }) => BigInt(amount)).reduce((most, each) => (each > most ? each : most), 0n);
}
