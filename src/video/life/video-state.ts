/**
 * Where a video stands. `submitting` is written down before anything is sent: who finds it later knows that a job may
 * have begun, and sends nothing again.
 */
export const VIDEO_STATES = [
  'queued',
  'submitting',
  'submitted',
  'processing',
  'copying',
  'completed',
  'failed',
  'cancelled',
] as const;
export type VideoState = (typeof VIDEO_STATES)[number];

/** What may follow what. Whatever a process believes, the database moves a video along these alone (compare and set). */
const NEXT: Record<VideoState, readonly VideoState[]> = {
  queued: ['submitting', 'failed', 'cancelled'],
  /** Back to `queued`: the provider said clearly that nothing has begun. */
  submitting: ['submitted', 'queued', 'failed'],
  submitted: ['processing', 'copying', 'failed', 'cancelled'],
  processing: ['copying', 'failed', 'cancelled'],
  /** It is made and paid for: too late to be cancelled, unless another step follows. Back to `queued`: for that step. */
  copying: ['queued', 'completed', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
};

/** The states from which a video may come to this one. */
export function statesBefore(state: VideoState): VideoState[] {
  return VIDEO_STATES.filter((each) => NEXT[each].includes(state));
}

export function isOver(state: VideoState): boolean {
  return NEXT[state].length === 0;
}

/** In the given three words. */
export function publicStatus(state: VideoState): 'processing' | 'completed' | 'failed' {
  if (state === 'completed') return 'completed';
  return state === 'failed' || state === 'cancelled' ? 'failed' : 'processing';
}
