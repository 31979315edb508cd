const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * A point in time as ISO 8601 has it: a date (its beginning) or a date with a time; UTC where no zone is named.
 * @returns undefined where it is none
 */
export function readInstant(text: string): Date | undefined {
  if (!DATE.test(text) && !TIME.test(text)) return undefined;
  const hasZone = DATE.test(text) || /(Z|[+-]\d{2}:\d{2})$/.test(text);
  const time = new Date(hasZone ? text : `${text}Z`);
  if (Number.isNaN(time.getTime())) return undefined;
  return isRealDate(text.slice(0, 10)) ? time : undefined;
}

/** Date takes the 31st of February for a day in March. */
function isRealDate(text: string): boolean {
  return new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}
