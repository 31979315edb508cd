import type { VideoOperation } from '../../providers/contract/video-offer.js';
import { decimalText, parseDecimal } from '../../common/money/micro-credits.js';
import type { VideoRecord } from '../store/video-record.js';
import { chargeFor, type VideoCharge } from './video-charge.js';
import type { VideoChoice, VideoPlan } from './video-plan.js';
import { priceOf, type VideoPrice } from './choice-price.js';

/** A step of a video of two, as its hold and its end keep it. */
export interface ChargedStep {
  operation: VideoOperation;
  provider: string;
  model: string;
  /** Of video that it made; 0: it came to nothing. */
  seconds: number;
  /** Of its input, where they are charged. */
  frames?: number;
  price: VideoPrice;
  /** Micro-credits, as text. */
  charge: string;
  /** What its provider charged, decimal text, where it told. */
  providerCostUsd?: string;
}

/** Of a video that is planned, in two steps: what each costs at most. */
export function plannedSteps({ choices, then }: VideoPlan): ChargedStep[] | undefined {
  return then && [choices[0]!, then[0]!].map((choice) => ({ ...planned(choice), charge: choice.amount }));
}

/**
 * Of a video that ends.
 * @param charge of its last step, or of the first one's file where that is what the video is; absent: nothing is charged
 * @returns undefined where it never came to a second step
 */
export function endedSteps(
  { plan, choice, providerCostUsd }: Pick<VideoRecord, 'plan' | 'choice' | 'providerCostUsd'>,
  charge: VideoCharge | undefined,
): ChargedStep[] | undefined {
  const { before } = plan;
  if (!before) return undefined;
  if (before.failed) {
    const { failed } = before;
    return [
      ended(before.choice, before.providerCostUsd, charge),
      ended(failed.choice, failed.providerCostUsd, undefined),
    ];
  }
  const first = ended(before.choice, before.providerCostUsd, firstCharge(plan));
  const last = ended(plan.choices[choice]!, providerCostUsd, charge);
  return [charge ? first : { ...first, charge: '0' }, last];
}

/** What the first step's file costs, where a second one goes on from it. */
export function firstCharge({ before }: VideoPlan): VideoCharge | undefined {
  if (!before || before.failed) return undefined;
  const { choice, media } = before;
  return chargeFor({ plan: { choices: [choice], substitutions: [] }, choice: 0, input: null }, media);
}

/** What all providers charged, decimal text; undefined where one that made something didn't tell. */
export function costOfSteps(steps: readonly ChargedStep[]): string | undefined {
  if (steps.some(({ seconds, providerCostUsd }) => seconds > 0 && providerCostUsd === undefined)) return undefined;
  const costs = steps.map(({ providerCostUsd = '0' }) => parseDecimal(providerCostUsd, 12));
  return decimalText(
    costs.reduce((sum, each) => sum + each, 0n),
    12,
  );
}

function planned(choice: VideoChoice): Omit<ChargedStep, 'charge'> {
  const { operation, provider, model, seconds, byFrame } = choice;
  return { operation, provider, model, seconds, ...framesOf(byFrame), price: priceOf(choice) };
}

function ended(choice: VideoChoice, costUsd: string | null, charge: VideoCharge | undefined): ChargedStep {
  const { operation, provider, model } = choice;
  return {
    ...{ operation, provider, model },
    seconds: charge?.seconds ?? 0,
    ...framesOf(charge),
    price: charge?.price ?? priceOf(choice),
    charge: `${charge?.cost ?? 0n}`,
    ...(costUsd === null ? {} : { providerCostUsd: costUsd }),
  };
}

function framesOf(of: { frames?: number } | undefined): { frames?: number } {
  return of?.frames === undefined ? {} : { frames: of.frames };
}
