import type { CheckResult, Finding } from './finding.js';

const NAME_WIDTH = 24;

/** How many of each there are. */
export interface Verdict {
  faults: number;
  warnings: number;
}

export function verdictOf(results: readonly CheckResult[]): Verdict {
  const findings = results.flatMap((result) => result.findings ?? []);
  const count = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity).length;
  return { faults: count('fault'), warnings: count('warning') };
}

/** A check as lines for people. */
export function linesOf({ check, findings, note }: CheckResult): string {
  const line = (mark: string, text: string) => `${mark.padEnd(8)} ${check.padEnd(NAME_WIDTH)} ${text}`.trimEnd();
  if (findings === undefined) return line('-', note ?? '');
  if (findings.length === 0) return line('ok', note ?? '');
  return findings
    .map(
      ({ severity, what, advice }) =>
        `${line(severity === 'fault' ? 'FAULT' : 'warning', what)}\n         -> ${advice}`,
    )
    .join('\n');
}

export function summaryOf({ faults, warnings }: Verdict): string {
  const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  if (faults === 0 && warnings === 0) return 'All is well.';
  return `${counted(faults, 'fault')}, ${counted(warnings, 'warning')}.`;
}
