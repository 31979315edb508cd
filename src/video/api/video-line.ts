import { creditsNumber } from '../../common/money/micro-credits.js';
import type { ChargedStep } from '../plan/charged-step.js';
import type { VideoLineResponse } from './video-line.dto.js';

/** A step as an estimate or a receipt has it. What was made and not charged counts nothing there. Pure. */
export function videoLine({ operation, provider, model, price, charge, ...made }: ChargedStep): VideoLineResponse {
  const { usdPerSecond, creditsPerSecond, usdPerFrame, creditsPerFrame } = price;
  const unit =
    usdPerFrame !== undefined && creditsPerFrame !== undefined
      ? ({ unit: 'frame', usdPerUnit: usdPerFrame, creditsPerUnit: creditsPerFrame } as const)
      : ({ unit: 'second', usdPerUnit: usdPerSecond, creditsPerUnit: creditsPerSecond } as const);
  const count = unit.unit === 'frame' ? (made.frames ?? 0) : made.seconds;
  const credits = creditsNumber(BigInt(charge));
  return { operation, provider, model, ...unit, count: credits === 0 ? 0 : count, credits };
}
