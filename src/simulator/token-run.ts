/** Tokens that go out at once. */
export interface Delta {
  text: string;
  tokenCount: number;
}

/** A run of tokens, spread evenly over deltas; made up as it is asked for, never held whole. */
export class TokenRun {
  constructor(
    private readonly tokenAt: (index: number) => string,
    readonly tokenCount: number,
    readonly deltaCount: number = tokenCount,
  ) {}

  /** One token in each delta. */
  static of(tokens: readonly string[]): TokenRun {
    return new TokenRun((index) => tokens[index] ?? '', tokens.length);
  }

  delta(index: number): Delta {
    if (this.deltaCount === this.tokenCount) return { text: this.tokenAt(index), tokenCount: 1 };
    const begin = this.#firstTokenOf(index);
    const end = this.#firstTokenOf(index + 1);
    return { text: this.#join(begin, end), tokenCount: end - begin };
  }

  text(): string {
    return this.#join(0, this.tokenCount);
  }

  /** The beginning of the run, where the whole of it has more tokens than that. */
  limitedTo(maxTokens: number): TokenRun {
    if (this.tokenCount <= maxTokens) return this;
    return new TokenRun(this.tokenAt, maxTokens, Math.ceil((this.deltaCount * maxTokens) / this.tokenCount));
  }

  /** The first deltas of the run only. */
  cutAfter(deltaCount: number): TokenRun {
    const kept = Math.min(deltaCount, this.deltaCount);
    return new TokenRun(this.tokenAt, this.#firstTokenOf(kept), kept);
  }

  /** The run with one token of this size in its middle. */
  withHugeToken(sizeBytes: number): TokenRun {
    const middle = this.tokenCount >> 1;
    const tokenAt = (index: number) => (index === middle ? ' '.padEnd(sizeBytes, 'lorem') : this.tokenAt(index));
    return new TokenRun(tokenAt, this.tokenCount, this.deltaCount);
  }

  #firstTokenOf(delta: number): number {
    return this.deltaCount === 0 ? 0 : Math.floor((delta * this.tokenCount) / this.deltaCount);
  }

  #join(begin: number, end: number): string {
    const tokens: string[] = [];
    for (let index = begin; index < end; index++) tokens.push(this.tokenAt(index));
    return tokens.join('');
  }
}
