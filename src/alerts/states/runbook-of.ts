/** Where it stands what to do about an alert: a heading's anchor is its text in small letters. */
export function runbookOf(rule: string, runbookUrl: string): string {
  return `${runbookUrl}#${rule.toLowerCase()}`;
}
