import type { ProviderError, ProviderErrorKind } from '../providers/contract/provider-error.js';
import type { RouteQuestion, RouteStep } from './route-plan.js';
import type { RouteRun } from './route-run.js';

/** A call of a provider that has ended: an answer that was read to its end, or broke off, or never began. */
export interface ProviderCall {
  /** The request's run that it was made for. */
  run: RouteRun;
  operation: RouteQuestion['operation'];
  providerId: string;
  endpointId: string;
  model: string;
  /** `answered` also where we hung up on an answer that came, as nobody wanted the rest of it. */
  outcome: 'answered' | ProviderErrorKind;
  /** HTTP status of a refusal, where there was one. */
  status?: number;
  /** When it began (performance.now()). */
  beganAtMs: number;
  /** Until its first content (a vector: until all of it), in milliseconds; absent: there was none. */
  firstContentMs?: number;
  /** In all, in milliseconds. */
  durationMs: number;
}

/**
 * A call that ends now.
 * @param failure what it came to; absent: an answer came
 */
export function endedCall(
  run: RouteRun,
  operation: ProviderCall['operation'],
  { providerId, endpointId, model }: RouteStep,
  beganAtMs: number,
  failure?: ProviderError,
): ProviderCall {
  return {
    run,
    operation,
    providerId,
    endpointId,
    model,
    outcome: run.isAborted ? 'aborted' : (failure?.kind ?? 'answered'),
    ...(failure?.status === undefined ? {} : { status: failure.status }),
    beganAtMs,
    durationMs: performance.now() - beganAtMs,
  };
}
