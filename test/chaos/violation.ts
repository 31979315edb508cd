/** Something that must never happen, and did. */
export interface Violation {
  /** The rule that was broken; docs/chaos.md lists them. */
  rule: string;
  /** What was seen, for a reader. */
  detail: string;
  /** The request, where it is about one. */
  id?: string;
  /** Milliseconds since the run's beginning, where it was seen while it ran. */
  atMs?: number;
}
