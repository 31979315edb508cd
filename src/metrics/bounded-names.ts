/** What names beyond the bound, and names that nobody knows, are counted as. */
export const OTHER = 'other';

/**
 * Names as values of a label. Each value is a time series that is kept for ever, and clients choose the names of models:
 * only those that a provider has really answered with become values, and only so many.
 */
export class BoundedNames {
  private readonly names = new Set<string>();

  constructor(private readonly most: number) {}

  /** The value for a name that is real. */
  admit(name: string): string {
    if (this.names.has(name)) return name;
    if (this.names.size >= this.most) return OTHER;
    this.names.add(name);
    return name;
  }

  /** The value for a name that may be anything. */
  valueOf(name: string): string {
    return this.names.has(name) ? name : OTHER;
  }
}
