import { wholeNumber } from '../../whole-number.js';
import type { VideoExchange } from '../video-exchange.js';
import type { VideoJob } from '../video-job.js';
import { badField } from './sora-refusals.js';
import { soraVideo } from './sora-video.js';

const LIMIT = 100;

/** The caller's jobs, the newest first: a page of them, as `limit`, `after` and `order` ask. @throws VideoRefusal */
export function soraList({ url, keyFingerprint }: VideoExchange, jobs: readonly VideoJob[]): object {
  const { searchParams } = url;
  const limit = wholeNumber(searchParams.get('limit') ?? '20', LIMIT);
  if (limit === undefined) throw badField(`Invalid 'limit': expected a whole number from 0 to ${LIMIT}.`, 'limit');
  const own = jobs.filter((job) => job.wire === 'sora' && job.keyFingerprint === keyFingerprint && !job.deletedAtMs);
  const ordered = searchParams.get('order') === 'asc' ? own : own.reverse();
  const from = ordered.findIndex((job) => job.id === searchParams.get('after')) + 1;
  const data = ordered.slice(from, from + limit).map((job) => soraVideo(job, Date.now()));
  const ids = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  return { object: 'list', data, ...ids, has_more: from + limit < ordered.length };
}
