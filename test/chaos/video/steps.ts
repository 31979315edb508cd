import type { VideoJobReport } from '../../../src/simulator/video/video-account.js';
import { ANSWER_MS } from './scripts.js';
import type { Placed } from './placed.js';
import type { VideoRow } from './video-rows.js';

/** Where a blow found a video, and what is told of it in a report. */
export const STEPS = {
  'held-unanswered': 'held and stored; its POST was not answered',
  'held-unqueued': 'held and stored; its job was not queued',
  queued: 'queued, not yet ordered',
  'on-its-way': 'being ordered; the provider had not read it',
  unanswered: 'being ordered; the provider had not answered',
  unwritten: 'being ordered; the answer was not written down',
  unasked: 'ordered, never asked about',
  'between-polls': 'between two polls',
  'amid-poll': 'amid a poll',
  uncopied: 'finished at the provider, not yet being copied',
  'amid-copy': 'amid the copy of its bytes',
  uncharged: 'stored, not charged',
  'amid-settling': 'amid settling',
} as const;
export type Step = keyof typeof STEPS;

/** What was known of all videos when the blow fell. */
export interface Moment {
  /** Milliseconds since 1970. */
  atMs: number;
  /** When the one before fell. */
  lastMs: number;
  /** Provider's jobs, by their ids, of which a poll or a copy was under way. */
  polling: ReadonlySet<string>;
  copying: ReadonlySet<string>;
  /** How many charges waited for a lock. */
  settling: number;
  /** Videos whose submit is queued; undefined: it is not known. */
  withSubmitJob: ReadonlySet<string> | undefined;
}

/** Where a video was found; undefined: it was over, or nothing was being done for it that this blow could reach. */
export function stepOf(row: VideoRow, placed: Placed, job: VideoJobReport | undefined, moment: Moment): Step[] {
  switch (row.state) {
    case 'queued':
      return [...heldSteps(row, placed, moment), 'queued'];
    case 'submitting':
      if ((row.submittingAt?.getTime() ?? 0) < moment.lastMs) return []; // an earlier blow's
      if (!job) return ['on-its-way'];
      return isAnswered(placed, job, moment) ? ['unwritten'] : ['unanswered'];
    case 'submitted':
    case 'processing':
      if (job && moment.polling.has(job.id)) return ['amid-poll'];
      return [row.polls === 0 ? 'unasked' : 'between-polls'];
    case 'copying':
      if (row.media) return ['uncharged'];
      return [job && moment.copying.has(job.id) ? 'amid-copy' : 'uncopied'];
    default:
      return [];
  }
}

function heldSteps(row: VideoRow, placed: Placed, { withSubmitJob }: Moment): Step[] {
  if (placed.videoId !== undefined) return [];
  return withSubmitJob && !withSubmitJob.has(row.id) ? ['held-unanswered', 'held-unqueued'] : ['held-unanswered'];
}

function isAnswered({ group }: Placed, { createdAtMs }: VideoJobReport, { atMs }: Moment): boolean {
  if (group === 'unanswered') return false;
  return atMs > createdAtMs + (group === 'unwritten' ? ANSWER_MS : 0);
}
