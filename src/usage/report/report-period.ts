import { validationFailure } from '../../common/errors/field-faults.js';

/** Days in UTC, as 'YYYY-MM-DD'. */
export interface ReportPeriod {
  /** The first day. */
  from: string;
  /** The day after the last one. */
  to: string;
}

export const MOST_DAYS = 366;
export const DEFAULT_DAYS = 30;
const DAY_MS = 86_400_000;

/** Whether a text is a day of the calendar, 'YYYY-MM-DD', of this millennium. */
export function isDay(text: string): boolean {
  return /^2\d{3}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && dayOf(Date.parse(text)) === text;
}

/**
 * The days that a report is of. Where the end is not said, today (UTC) is the last one; where the beginning is not, there are
 * 30 of them.
 * @param wish days as `isDay` has them
 * @throws GatewayError VALIDATION_ERROR where there is no day between them, or more than 366
 */
export function reportPeriod(wish: { from?: string | undefined; to?: string | undefined }, now: Date): ReportPeriod {
  const to = wish.to ?? daysAfter(dayOf(now.getTime()), 1);
  const from = wish.from ?? daysAfter(to, -DEFAULT_DAYS);
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (days < 1)
    throw validationFailure([
      { field: 'from', message: `from must be before ${to}, which is the day after the last one` },
    ]);
  if (days > MOST_DAYS)
    throw validationFailure([{ field: 'from', message: `from must be at most ${MOST_DAYS} days before ${to}` }]);
  return { from, to };
}

function daysAfter(day: string, count: number): string {
  return dayOf(Date.parse(day) + count * DAY_MS);
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
