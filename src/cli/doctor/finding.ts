/** Something that is wrong, and what to do about it. No secret is in it. */
export interface Finding {
  /** `fault`: it does not work, or money or data are at risk; `warning`: it works, though not as one would want. */
  severity: 'fault' | 'warning';
  what: string;
  advice: string;
}

/** What one check came to. */
export interface CheckResult {
  check: string;
  /** Absent: it could not be looked at, or there was nothing to look at; `note` says why. */
  findings?: readonly Finding[];
  /** What was seen, in a few words. */
  note?: string;
}

export function fault(what: string, advice: string): Finding {
  return { severity: 'fault', what, advice };
}

export function warning(what: string, advice: string): Finding {
  return { severity: 'warning', what, advice };
}
