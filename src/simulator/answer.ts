import type { TokenRun } from './token-run.js';

/** Why an answer ended; each wire has words of its own for it. */
export type EndReason = 'stop' | 'length' | 'filter' | 'tools';

/** A part of an answer: what the model thought, said, or called for. */
export type AnswerBlock =
  | { kind: 'text'; run: TokenRun }
  | { kind: 'reasoning'; run: TokenRun }
  /** The run is the arguments, as JSON; `index` counts the calls of the answer. */
  | { kind: 'tool_call'; index: number; id: string; name: string; run: TokenRun };

export interface AnswerEnd {
  reason: EndReason;
  /** The request's stop sequence that ended the answer. */
  stopSequence?: string;
}

/** An answer as its blocks, in order. */
export class Answer {
  readonly tokenCount: number;
  readonly deltaCount: number;

  /** @param hiddenTokens of thoughts that count and are never sent */
  constructor(
    readonly blocks: readonly AnswerBlock[],
    readonly end: AnswerEnd = { reason: 'stop' },
    readonly hiddenTokens = 0,
  ) {
    this.tokenCount = hiddenTokens + sum(blocks, ({ run }) => run.tokenCount);
    this.deltaCount = sum(blocks, ({ run }) => run.deltaCount);
  }

  get reasoningTokens(): number {
    return this.hiddenTokens + sum(this.of('reasoning'), ({ run }) => run.tokenCount);
  }

  /** What the answer says. */
  text(): string {
    return this.of('text')
      .map(({ run }) => run.text())
      .join('');
  }

  of<Kind extends AnswerBlock['kind']>(kind: Kind): Extract<AnswerBlock, { kind: Kind }>[] {
    return this.blocks.filter((block): block is Extract<AnswerBlock, { kind: Kind }> => block.kind === kind);
  }

  /** The beginning of the answer, where the whole of it has more tokens than that. */
  limitedTo(maxTokens: number): Answer {
    if (this.tokenCount <= maxTokens) return this;
    const hidden = Math.min(this.hiddenTokens, maxTokens);
    const blocks = takeRuns(this.blocks, maxTokens - hidden, (run, left) => {
      const taken = run.limitedTo(left);
      return { run: taken, used: taken.tokenCount };
    });
    return new Answer(blocks, { reason: 'length' }, hidden);
  }

  /** The first deltas of the answer only. */
  cutAfter(deltaCount: number, reason: EndReason): Answer {
    const blocks = takeRuns(this.blocks, deltaCount, (run, left) => {
      const taken = run.cutAfter(left);
      return { run: taken, used: taken.deltaCount };
    });
    return new Answer(blocks, { reason }, this.hiddenTokens);
  }

  /** The answer with one token of this size in the middle of its first block. */
  withHugeToken(sizeBytes: number): Answer {
    const blocks = this.blocks.map((block, index) =>
      index === 0 ? { ...block, run: block.run.withHugeToken(sizeBytes) } : block,
    );
    return new Answer(blocks, this.end, this.hiddenTokens);
  }
}

/** The first block stays, be it empty; of the others those that something is left of. */
function takeRuns(
  blocks: readonly AnswerBlock[],
  budget: number,
  take: (run: TokenRun, left: number) => { run: TokenRun; used: number },
): AnswerBlock[] {
  let left = budget;
  return blocks.flatMap((block, index): AnswerBlock[] => {
    if (left === 0 && index > 0) return [];
    const { run, used } = take(block.run, left);
    left -= used;
    return [{ ...block, run }];
  });
}

function sum(blocks: readonly AnswerBlock[], of: (block: AnswerBlock) => number): number {
  return blocks.reduce((total, block) => total + of(block), 0);
}
