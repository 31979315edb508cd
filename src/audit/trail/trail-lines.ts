import type { RunQuery } from '../run-query.js';
import { trailCsv } from './trail-csv.js';
import { trailPage, type TrailEvent, type TrailFilter } from './trail-page.js';

export type TrailFormat = 'jsonl' | 'csv';

const EVENTS_A_PAGE = 2_000;

/** The trail as text, oldest first, some thousand lines at a time: JSON lines, or CSV with a header. */
export async function* trailLines(query: RunQuery, filter: TrailFilter, format: TrailFormat): AsyncGenerator<string> {
  if (format === 'csv') yield trailCsv([], true);
  for (let after: TrailEvent | undefined; ;) {
    const { sql, values } = trailPage({ filter, order: 'oldest first', after, limit: EVENTS_A_PAGE });
    const events = await query<TrailEvent>(sql, values);
    if (events.length > 0)
      yield format === 'csv' ? trailCsv(events, false) : events.map((event) => `${JSON.stringify(event)}\n`).join('');
    if (events.length < EVENTS_A_PAGE) return;
    after = events.at(-1);
  }
}
