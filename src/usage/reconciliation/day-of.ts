import { ExportError } from './provider-count.js';

/**
 * The day (UTC) of a time as exports have it: seconds since 1970, or a date or a time in ISO 8601.
 * @throws ExportError
 */
export function dayOf(time: unknown): string {
  const text = typeof time === 'number' ? String(time) : typeof time === 'string' ? time.trim() : '';
  const ms = /^\d{9,11}(\.\d+)?$/.test(text)
    ? Number(text) * 1_000
    : /^\d{4}-\d\d-\d\d/.test(text)
      ? readIso(text)
      : NaN;
  if (Number.isNaN(ms))
    throw new ExportError(`'${text.slice(0, 50)}' is no time: seconds since 1970, or a date such as 2026-11-22`);
  return new Date(ms).toISOString().slice(0, 10);
}

/** What names no zone is UTC, as the vendors have it. */
function readIso(text: string): number {
  const iso = text.replace(' ', 'T');
  return Date.parse(/T.*(Z|[+-]\d\d:?\d\d)$/.test(iso) || iso.length === 10 ? iso : `${iso}Z`);
}
