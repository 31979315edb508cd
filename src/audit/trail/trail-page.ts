import { createHash } from 'node:crypto';
import { utc } from '../seal/seal-records.js';

/** Which events; what is absent does not matter. */
export interface TrailFilter {
  /** At that time or later, and before the other. */
  from?: Date;
  to?: Date;
  /** As it is stored: `user:alice`. */
  actor?: string;
  /** `admin.grant`, or all that begin so: `admin.*`. */
  action?: string;
  subject?: string;
}

/** An event's place in the order of time. */
export interface TrailPlace {
  /** With microseconds, UTC. */
  at: string;
  id: string;
}

export interface TrailEvent extends TrailPlace {
  actor: string;
  action: string;
  subject: string;
  details: Record<string, unknown>;
}

export interface TrailPage {
  filter: TrailFilter;
  order: 'newest first' | 'oldest first';
  /** The last event of the page before. */
  after?: TrailPlace | undefined;
  limit: number;
}

/** A page of the trail as a statement; its name stands for its text. */
export function trailPage({ filter, order, after, limit }: TrailPage): {
  name: string;
  sql: string;
  values: unknown[];
} {
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const [direction, beyond] = order === 'newest first' ? ['DESC', '<'] : ['ASC', '>'];
  const conditions = [
    ...(filter.from ? [`at >= ${bind(filter.from)}`] : []),
    ...(filter.to ? [`at < ${bind(filter.to)}`] : []),
    ...(filter.actor === undefined ? [] : [`actor = ${bind(filter.actor)}`]),
    ...(filter.subject === undefined ? [] : [`subject = ${bind(filter.subject)}`]),
    ...(filter.action === undefined ? [] : actionConditions(filter.action, bind)),
    ...(after ? [`(at, id) ${beyond} (${bind(after.at)}::timestamptz, ${bind(after.id)}::bigint)`] : []),
  ];
  const sql = `SELECT id::text AS id, ${utc('at')} AS at, actor, action, subject, details FROM audit.event
    ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''} ORDER BY audit.event.at ${direction}, audit.event.id ${direction} LIMIT ${bind(limit)}`;
  return { name: `audit_page_${createHash('sha256').update(sql).digest('hex').slice(0, 16)}`, sql, values };
}

/** What most events are; all others have an index of their own (event_act), which the literal conditions lead to. */
const MOST_ACTIONS = ['ai.settled', 'ai.released'];

function actionConditions(action: string, bind: (value: unknown) => string): string[] {
  const isPrefix = action.endsWith('.*');
  const given = isPrefix ? `starts_with(action, ${bind(action.slice(0, -1))})` : `action = ${bind(action)}`;
  const isRare = !MOST_ACTIONS.some((most) => (isPrefix ? most.startsWith(action.slice(0, -1)) : most === action));
  return isRare ? [given, `action <> 'ai.settled'`, `action <> 'ai.released'`] : [given];
}
