import type { VideoRecord } from '../store/video-record.js';

/** "Process within 5 minutes for standard requests" (FEAT-004, performance requirements): these are 720p, at most 8 s. */
const LONGEST_SECONDS = 8;

/** Whether a video is one that has to be playable soon: it is made in one step. */
export function isStandardVideo({ plan, choice }: Pick<VideoRecord, 'plan' | 'choice'>): boolean {
  const { resolution, seconds } = plan.choices[choice]!;
  return resolution === '720p' && seconds <= LONGEST_SECONDS && !plan.then && !plan.before;
}

/** The same in SQL, of a row of video.video. */
export const IS_STANDARD_VIDEO = `plan->'choices'->choice->>'resolution' = '720p'
  AND (plan->'choices'->choice->>'seconds')::int <= ${LONGEST_SECONDS} AND NOT plan ?| ARRAY['then', 'before']`;
