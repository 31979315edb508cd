import { parseFrame } from '../frames.js';
import type { Evidence } from './evidence.js';

/** A request is tried at most so often by one owner (docs/architecture.md). */
const MOST_ATTEMPTS = 8;

/**
 * The provider was asked as often as the end's `attempts` says, and no oftener: a repeat dispatches nothing. Only a hold
 * whose owner was lost before it had logged anything is dispatched anew. In the background it is tried until it succeeds.
 */
export function checkGenerations({ record, stored, generations, lostOwners }: Evidence): string[] {
  const { requests } = generations;
  if (record.plan.kind === 'background') return [];
  if (!stored)
    return requests === 0 || lostOwners > 0 ? [] : [`the provider was asked ${requests} times without a hold`];
  const raw = stored.frames.at(-1);
  const attempts = raw === undefined ? 0 : (parseFrame(raw).metadata?.attempts ?? 0);
  const most =
    Math.max(attempts, stored.outcome?.usageSource === 'reaper' ? MOST_ATTEMPTS : 0) + lostOwners * MOST_ATTEMPTS;
  return requests <= most ? [] : [`the provider was asked ${requests} times for ${attempts} attempts`];
}
