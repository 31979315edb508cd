import type { ProviderErrorKind } from '../providers/contract/provider-error.js';

/** So many of each endpoint are remembered. */
const MOST = 10;
const MOST_ENDPOINTS = 1_000;

/** What came of a call that failed; never a provider's text. */
export interface RecentFailure {
  at: Date;
  model: string;
  kind: ProviderErrorKind;
  /** HTTP status, where there was one. */
  status?: number;
}

/** The last failures of each endpoint, on this node, for operators. */
export class RecentFailures {
  private readonly byEndpoint = new Map<string, RecentFailure[]>();

  note(endpointId: string, failure: Omit<RecentFailure, 'at'>, at = new Date()): void {
    const failures = this.byEndpoint.get(endpointId) ?? [];
    if (failures.length === 0 && this.byEndpoint.size >= MOST_ENDPOINTS) return;
    this.byEndpoint.set(endpointId, [{ at, ...failure }, ...failures].slice(0, MOST));
  }

  /** The latest first. */
  of(endpointId: string): readonly RecentFailure[] {
    return this.byEndpoint.get(endpointId) ?? [];
  }

  forget(endpointId: string): void {
    this.byEndpoint.delete(endpointId);
  }
}
