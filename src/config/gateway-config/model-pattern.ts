/** A pattern of models' names: `*` stands for any characters, also none and also slashes; everything else for itself. */
export class ModelPattern {
  /** How much of a name it fixes: of several patterns that fit, the one that fixes most says what holds. */
  readonly specificity: number;
  /** It has no wildcard: it is a model's name. */
  readonly isExact: boolean;
  private readonly expression: RegExp;

  constructor(readonly text: string) {
    const parts = text.split('*');
    this.expression = new RegExp(`^${parts.map(escape).join('.*')}$`, 's');
    this.isExact = parts.length === 1;
    this.specificity = this.isExact ? Number.MAX_SAFE_INTEGER : text.length - (parts.length - 1);
  }

  matches(model: string): boolean {
    return this.expression.test(model);
  }
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
