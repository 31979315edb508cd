import { GatewayError } from '../../common/errors/gateway-error.js';
import { MediaStoreError } from '../../media/media-store-error.js';
import { UnplayableVideoError } from '../../media/mp4/unplayable-video-error.js';
import { VideoProviderError } from '../../providers/contract/video-provider-error.js';
import type { VideoFailureReason } from '../life/video-failures.js';
import type { VideoRecord } from '../store/video-record.js';

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 300_000;
/** More than those that failed with a word in the first of two steps; workers that go are few. */
const MOST_LOST_COPIES = 40;

/** Why a video could not be brought here. */
export interface CopyFault {
  kind: keyof typeof KINDS;
  /** For operators: a code or a kind, never a text of the provider's. */
  name: string;
}

/** Pauses are 2, 4, 8 … seconds, at most 5 minutes. */
const KINDS = {
  /** Its bytes did not come: some 25 minutes. */
  source: { mostFaults: 12, reason: 'not_delivered' },
  /** It will hardly shrink; each try takes all that may be stored. */
  too_large: { mostFaults: 3, reason: 'too_large' },
  /** A page of a proxy, half a file: a minute, then it is what the provider made. */
  unplayable: { mostFaults: 6, reason: 'not_delivered' },
  /** A disk that is full takes an operator: two hours and a half, while the provider keeps the file. */
  store: { mostFaults: 36, reason: 'not_stored' },
  /** Whoever copies it dies of it. */
  lost: { mostFaults: 1, reason: 'not_delivered' },
} as const satisfies Record<string, { mostFaults: number; reason: VideoFailureReason }>;

export function copyFault(error: unknown): CopyFault {
  if (error instanceof MediaStoreError) return { kind: 'store', name: error.fault };
  if (error instanceof UnplayableVideoError) return { kind: 'unplayable', name: 'unplayable' };
  if (error instanceof GatewayError && error.code === 'PAYLOAD_TOO_LARGE')
    return { kind: 'too_large', name: 'too_large' };
  return { kind: 'source', name: error instanceof VideoProviderError ? error.kind : (error as Error).name };
}

/**
 * Whether there is no use in one more copy: so many were begun of which nobody said how they ended.
 * @param video in no state but `copying`, where its faults are those of its copies. Pure
 */
export function areCopiesLost({ copies, pollFaults }: Pick<VideoRecord, 'copies' | 'pollFaults'>): boolean {
  return copies - pollFaults > MOST_LOST_COPIES;
}

/** What is done after so many faults in a row, this one included. Pure. */
export function copyVerdict(
  { kind }: CopyFault,
  faults: number,
): { next: 'again'; afterMs: number } | { next: 'fail'; reason: VideoFailureReason } {
  const { mostFaults, reason } = KINDS[kind];
  if (faults >= mostFaults) return { next: 'fail', reason };
  return { next: 'again', afterMs: Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (faults - 1)) };
}
