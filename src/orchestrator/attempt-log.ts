import type { ProviderErrorKind } from '../providers/contract/provider-error.js';
import type { TokenUsage } from '../providers/contract/token-usage.js';
import type { RouteStep } from './route-plan.js';

/**
 * Why a provider was not asked: it limits our rate, our key or account there is unusable for now, it keeps failing (others
 * are asked first), its circuit is open, or too many requests wait for it.
 */
export type SkipReason = 'cooling_down' | 'suspended' | 'failing' | 'circuit_open' | 'queue_full';

/** One line of what was tried, for the receipt and for ALL_PROVIDERS_FAILED. */
export interface AttemptRecord {
  provider: string;
  model: string;
  /** `diverged`: an answer that was to take the place of one that broke off did not repeat it. */
  outcome: 'answered' | 'diverged' | ProviderErrorKind | SkipReason;
  /** HTTP status, where there was one. */
  status?: number;
  durationMs: number;
  /** What was used of an answer that nobody is charged for as another one took its place, by our own count. */
  lost?: TokenUsage;
}

const NOT_CALLED: ReadonlySet<AttemptRecord['outcome']> = new Set<SkipReason>([
  'cooling_down',
  'suspended',
  'failing',
  'circuit_open',
  'queue_full',
]);

function isCall({ outcome }: AttemptRecord): boolean {
  return !NOT_CALLED.has(outcome);
}

/** What was tried for one request, and what was passed over. */
export class AttemptLog {
  /** In order. */
  readonly records: AttemptRecord[] = [];

  /** Attempts that really reached for a provider. */
  get calls(): number {
    return this.records.filter(isCall).length;
  }

  /** What was passed over, each step once for each reason. */
  get skips(): AttemptRecord[] {
    return this.records.filter((record) => !isCall(record));
  }

  callsOf(providerId: string): number {
    return this.records.filter((record) => isCall(record) && record.provider === providerId).length;
  }

  add(record: AttemptRecord): void {
    this.records.push(record);
  }

  /** Tells once of a step that is passed over, however often it is. */
  addSkipped({ providerId, model }: RouteStep, outcome: SkipReason): void {
    const isTold = this.records.some(
      (each) => each.provider === providerId && each.model === model && each.outcome === outcome,
    );
    if (!isTold) this.add({ provider: providerId, model, outcome, durationMs: 0 });
  }

  /** What the last attempt came to in the end: an answer that had begun broke off. */
  amend(outcome: ProviderErrorKind | 'diverged'): void {
    const last = this.records.at(-1);
    if (last) last.outcome = outcome;
  }
}
