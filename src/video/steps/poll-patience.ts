import type { VideoErrorKind } from '../../providers/contract/video-provider-error.js';

/** So many questions in a row may fail, for whatever reason: some twenty minutes by the schedule. */
const MOST_FAULTS = 20;
/** A provider that doesn't know a job may only be behind with itself; not so often. */
const MOST_TIMES_UNKNOWN = 6;

/** What has gone wrong with the questions about a job. */
export interface PollFaults {
  /** Questions in a row that failed. */
  faults: number;
  /** How often the provider didn't know the job, since it last did. Its other faults say nothing about that. */
  timesUnknown: number;
}

/** With one more question that failed. */
export function oneMoreFault({ faults, timesUnknown }: PollFaults, kind: VideoErrorKind): PollFaults {
  return { faults: faults + 1, timesUnknown: timesUnknown + (kind === 'job_not_found' ? 1 : 0) };
}

/** Whether there is no use in asking again. */
export function isJobLost({ faults, timesUnknown }: PollFaults): boolean {
  return faults >= MOST_FAULTS || timesUnknown >= MOST_TIMES_UNKNOWN;
}
