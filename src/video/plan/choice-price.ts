import type { VideoFormat, VideoOffer } from '../../providers/contract/video-offer.js';
import type { LesserFormat, VideoChoice } from './video-plan.js';
import { amountOfFrames, amountOfSeconds, creditsOf, priceOfSecond } from './video-price.js';

/** What a second costs. */
export interface VideoPrice {
  /** Decimal text, exact. */
  usdPerSecond: string;
  creditsPerSecond: string;
  /** Where frames are charged. */
  usdPerFrame?: string;
  creditsPerFrame?: string;
}

type ChoicePrice = Pick<VideoChoice, 'usdPerSecond' | 'creditsPerSecond' | 'byFrame' | 'lesser' | 'amount'>;

/**
 * The price of a choice, frozen with the order.
 * @param frames of the input; absent: it has none
 */
export function choicePrice(
  { offer, format, seconds }: { offer: VideoOffer; format: VideoFormat; seconds: number },
  frames: number | undefined,
  creditsPerUsd: string,
): ChoicePrice {
  if (format.usdPerFrame !== undefined && frames !== undefined)
    return priceByFrame(format.usdPerFrame, frames, seconds, creditsPerUsd);
  const { usdPerSecond } = format;
  const creditsPerSecond = creditsOf(usdPerSecond, creditsPerUsd);
  const lesser = lesserFormats(offer, format, creditsPerUsd);
  return {
    usdPerSecond,
    creditsPerSecond,
    ...(lesser.length > 0 ? { lesser } : {}),
    amount: `${amountOfSeconds({ creditsPerSecond }, seconds)}`,
  };
}

function priceByFrame(usdPerFrame: string, frames: number, seconds: number, creditsPerUsd: string): ChoicePrice {
  const usdPerSecond = priceOfSecond(usdPerFrame, frames, seconds, 6);
  const creditsPerFrame = creditsOf(usdPerFrame, creditsPerUsd);
  return {
    usdPerSecond,
    creditsPerSecond: creditsOf(usdPerSecond, creditsPerUsd),
    byFrame: { frames, usdPerFrame, creditsPerFrame },
    amount: `${amountOfFrames({ creditsPerFrame }, frames)}`,
  };
}

/** As holds and ends keep it. */
export function priceOf({ usdPerSecond, creditsPerSecond, byFrame }: ChoicePrice): VideoPrice {
  if (!byFrame) return { usdPerSecond, creditsPerSecond };
  const { usdPerFrame, creditsPerFrame } = byFrame;
  return { usdPerSecond, creditsPerSecond, usdPerFrame, creditsPerFrame };
}

/** Smaller ones of the same shape that are not dearer. */
function lesserFormats({ formats }: VideoOffer, chosen: VideoFormat, creditsPerUsd: string): LesserFormat[] {
  return formats
    .filter(
      ({ aspectRatio, width, height, usdPerSecond }) =>
        aspectRatio === chosen.aspectRatio &&
        width * height < chosen.width * chosen.height &&
        Number(usdPerSecond) <= Number(chosen.usdPerSecond),
    )
    .map(({ width, height, resolution, usdPerSecond }) => {
      return { width, height, resolution, usdPerSecond, creditsPerSecond: creditsOf(usdPerSecond, creditsPerUsd) };
    });
}
