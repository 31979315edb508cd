import type { VideoProviderOffers } from './plan-video.js';
import type { VideoChoice } from './video-plan.js';

/**
 * Where no vendor says it. None of the models that are known here is known to make more than 30 frames a second; one that
 * does all the same is not enlarged (nextStep), and never dearer than what was held.
 */
export const MOST_FRAMES_PER_SECOND = 30;
/** A file may be a little longer than what was ordered: a last frame, a sound that goes on. */
const LONGER_BY_SECONDS = 0.5;

/** The most frames that a file may have which one of these choices makes: what is held for a step that charges frames. */
export function mostFrames(providers: readonly VideoProviderOffers[], choices: readonly VideoChoice[]): number {
  const each = choices.map((choice) => (choice.seconds + LONGER_BY_SECONDS) * framesPerSecond(providers, choice));
  return Math.ceil(Math.max(...each));
}

function framesPerSecond(
  providers: readonly VideoProviderOffers[],
  { provider, model, operation }: VideoChoice,
): number {
  const offers = providers.find(({ id }) => id === provider)?.offers ?? [];
  const offer = offers.find((each) => each.model === model && each.operation === operation);
  return offer?.mostFramesPerSecond ?? MOST_FRAMES_PER_SECOND;
}
