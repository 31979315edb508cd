import type { EndReason } from './wires/wire.js';

/** A piece of an answer that goes out at once. */
export interface Delta {
  text: string;
  tokenCount: number;
}

/** An answer as a sequence of tokens, spread evenly over deltas; made up as it is asked for, never held whole. */
export class Answer {
  constructor(
    private readonly tokenAt: (index: number) => string,
    readonly tokenCount: number,
    readonly deltaCount: number = tokenCount,
    readonly endReason: EndReason = 'stop',
  ) {}

  delta(index: number): Delta {
    if (this.deltaCount === this.tokenCount) return { text: this.tokenAt(index), tokenCount: 1 };
    const begin = this.#firstTokenOf(index);
    const end = this.#firstTokenOf(index + 1);
    return { text: this.#join(begin, end), tokenCount: end - begin };
  }

  text(): string {
    return this.#join(0, this.tokenCount);
  }

  /** The beginning of the answer, where the whole of it has more tokens than that. */
  limitedTo(maxTokens: number, reason: EndReason): Answer {
    if (this.tokenCount <= maxTokens) return this;
    const deltaCount = Math.ceil((this.deltaCount * maxTokens) / this.tokenCount);
    return new Answer(this.tokenAt, maxTokens, deltaCount, reason);
  }

  /** The first deltas of the answer only. */
  cutAfter(deltaCount: number, reason: EndReason): Answer {
    const kept = Math.min(deltaCount, this.deltaCount);
    return new Answer(this.tokenAt, this.#firstTokenOf(kept), kept, reason);
  }

  /** The answer with one token of this size in its middle. */
  withHugeToken(sizeBytes: number): Answer {
    const middle = this.tokenCount >> 1;
    const tokenAt = (index: number) => (index === middle ? ' '.padEnd(sizeBytes, 'lorem') : this.tokenAt(index));
    return new Answer(tokenAt, this.tokenCount, this.deltaCount, this.endReason);
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
