import type { VideoOffer } from '../../../providers/contract/video-offer.js';
import type { VideoPlan } from '../../plan/video-plan.js';

/** Longest enhanced prompt where no offer says less, in UTF-16 units: about what the model's output limit allows. */
const MOST_CHARACTERS = 2_000;

/** Longest prompt that every choice of a plan takes, in UTF-16 units. Pure. */
export function promptLimit(
  { choices }: Pick<VideoPlan, 'choices'>,
  providers: readonly { id: string; offers: readonly VideoOffer[] }[],
): number {
  const limits = choices.flatMap(({ provider, model, operation }) => {
    const offers = providers.find(({ id }) => id === provider)?.offers ?? [];
    return offers.filter((offer) => offer.model === model && offer.operation === operation);
  });
  return Math.min(MOST_CHARACTERS, ...limits.map(({ maxPromptLength }) => maxPromptLength ?? MOST_CHARACTERS));
}
