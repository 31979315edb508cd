import { stringify } from 'csv-stringify/sync';
import type { TrailEvent } from './trail-page.js';

const COLUMNS = ['id', 'at', 'actor', 'action', 'subject', 'details'] as const;

/**
 * Events as lines of CSV (RFC 4180), details as JSON. What a client chose, such as a request id, is no formula to a
 * spreadsheet: a quote is put before it.
 */
export function trailCsv(events: readonly TrailEvent[], hasHeader: boolean): string {
  const rows = events.map((event) => ({ ...event, details: JSON.stringify(event.details) }));
  return stringify(rows, { columns: [...COLUMNS], header: hasHeader, escape_formulas: true, record_delimiter: '\r\n' });
}
