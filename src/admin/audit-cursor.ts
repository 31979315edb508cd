import type { TrailPlace } from '../audit/trail/trail-page.js';

/** A cursor for what comes after an event. Opaque to clients: its form may change. */
export function auditCursor({ at, id }: TrailPlace): string {
  return Buffer.from(`${at} ${id}`).toString('base64url');
}

/** The place that a cursor stands for; undefined where it is none of ours. */
export function readAuditCursor(cursor: string): TrailPlace | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) (\d{1,18})$/.exec(
    Buffer.from(cursor, 'base64url').toString('latin1'),
  );
  if (!match || Number.isNaN(Date.parse(match[1]!))) return undefined;
  const place = { at: match[1]!, id: match[2]! };
  return auditCursor(place) === cursor ? place : undefined;
}
