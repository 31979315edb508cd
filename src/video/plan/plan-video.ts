import type { VideoProvider } from '../../providers/contract/video-provider.js';
import { fitOffer, nearest, type Fit } from './fit-offer.js';
import { unsupportedVideo } from './unsupported-video.js';
import type { Substitution, VideoChoice, VideoPlan } from './video-plan.js';
import { choicePrice } from './choice-price.js';
import { GIVEN_DEFAULTS, wantedAspectRatio, wantedDuration, type VideoWish } from './video-wish.js';

/** At most one and a half times the first choice's price. */
const MOST_TIMES_DEARER_BY_2 = 3n;

/** A provider and what it offers: all that a plan reads of it. */
export type VideoProviderOffers = Pick<VideoProvider, 'id' | 'offers'>;

/**
 * Who makes a video, and how. The first provider that covers exactly what was given decides what becomes of what was
 * left out: the nearest to the default that any of its models allows. Whoever else makes the same video comes after it.
 * @param providers in the order of preference
 * @param creditsPerUsd CREDITS_PER_USD, decimal text
 * @param find how a plan is looked for; by default: one that is made at once
 * @throws GatewayError UNSUPPORTED_VIDEO where nobody does
 */
export function planVideo(
  providers: readonly VideoProviderOffers[],
  wish: VideoWish,
  creditsPerUsd: string,
  find = fittingPlan,
): VideoPlan {
  const plan = find(providers, wish, creditsPerUsd);
  if (!plan) throw unsupportedVideo(providers, wish);
  return plan;
}

/** As planVideo. @returns undefined where nobody makes such a video */
export function fittingPlan(
  providers: readonly VideoProviderOffers[],
  wish: VideoWish,
  creditsPerUsd: string,
): VideoPlan | undefined {
  for (const { id, offers } of providers) {
    const fit = nearest(fitsOf(offers, wish), ({ distance }) => distance);
    if (!fit) continue;
    const same = sameVideo(providers, wish, fit).filter((each) => each.fit.offer !== fit.offer);
    const [first, ...others] = [{ provider: id, fit }, ...same].map((each) =>
      choiceOf(each.provider, each.fit, wish, creditsPerUsd),
    ) as [VideoChoice, ...VideoChoice[]];
    const choices = [first, ...others.filter((other) => isNearInPrice(other, first))];
    return { choices, substitutions: substitutionsOf(wish, fit) };
  }
  return undefined;
}

/**
 * All that a video may come to cost is held. Who is much dearer than the first is no stand-in: it would make every hold as
 * large as its own price.
 */
function isNearInPrice({ amount }: VideoChoice, first: VideoChoice): boolean {
  return BigInt(amount) * 2n <= BigInt(first.amount) * MOST_TIMES_DEARER_BY_2;
}

/** Everybody who makes that very length, resolution and aspect ratio. */
function sameVideo(
  providers: readonly VideoProviderOffers[],
  wish: VideoWish,
  { seconds, format: { resolution, aspectRatio } }: Fit,
): { provider: string; fit: Fit }[] {
  const fixed = { ...wish, duration: seconds, resolution, aspectRatio };
  return providers.flatMap(({ id, offers }) => fitsOf(offers, fixed).map((fit) => ({ provider: id, fit })));
}

function fitsOf(offers: VideoProviderOffers['offers'], wish: VideoWish): Fit[] {
  return offers.flatMap((offer) => fitOffer(offer, wish) ?? []);
}

function choiceOf(provider: string, fit: Fit, { input }: VideoWish, creditsPerUsd: string): VideoChoice {
  const { offer, seconds, format } = fit;
  const { width, height, resolution, aspectRatio } = format;
  return {
    provider,
    operation: offer.operation,
    model: offer.model,
    seconds,
    width,
    height,
    resolution,
    aspectRatio,
    ...choicePrice(fit, input?.frames, creditsPerUsd),
  };
}

/** What was left out and is not as its default has it. */
function substitutionsOf(wish: VideoWish, { offer, seconds, format }: Fit): Substitution[] {
  const duration = offer.seconds.length === 0 ? seconds : wantedDuration(wish);
  const all: Substitution[] = [
    { field: 'duration', wanted: `${duration}`, chosen: `${seconds}` },
    { field: 'resolution', wanted: GIVEN_DEFAULTS.resolution, chosen: format.resolution },
    { field: 'aspectRatio', wanted: wantedAspectRatio(wish), chosen: format.aspectRatio },
  ];
  return all.filter(({ field, wanted, chosen }) => wish[field] === undefined && wanted !== chosen);
}
