import type { StreamPart } from '../../providers/contract/stream-part.js';
import type { DeliveredAnswer } from './delivered-answer.js';
import { logprobsBehind } from './logprobs-behind.js';

type TextDelta = Extract<StreamPart, { type: 'text-delta' }>;
type ReasoningDelta = Extract<StreamPart, { type: 'reasoning-delta' }>;

/** What a part of another answer is: a repetition of what was delivered, something else, or what follows upon it. */
type Comparison = 'same' | 'differs' | { news: StreamPart };

/** Whether an answer of which this was delivered can be found again in another one. */
export function canBeSpliced({ text, hasToolCalls, hasRedactedThoughts }: DeliveredAnswer): boolean {
  return !hasToolCalls && (text !== '' || !hasRedactedThoughts);
}

/**
 * Holds another answer to the same request back as long as it repeats, character for character, what was delivered of the
 * first one. Where text was delivered, text is compared and the other's thoughts are swallowed; where only thoughts were,
 * those are. Pure.
 */
export class Splice {
  private at = 0;
  /** Kept from what was held back: counts of tokens. */
  private readonly kept: StreamPart[] = [];
  private readonly expected: string;
  private readonly comparesText: boolean;

  constructor(private readonly delivered: DeliveredAnswer) {
    this.comparesText = delivered.text !== '';
    this.expected = this.comparesText ? delivered.text : delivered.thoughts;
  }

  /** @returns 'same': nothing new so far; 'differs'; or what is new, with which the answer goes on */
  take(batch: readonly StreamPart[]): 'same' | 'differs' | StreamPart[] {
    for (const [index, part] of batch.entries()) {
      const comparison = this.compare(part);
      if (comparison === 'differs') return 'differs';
      if (comparison !== 'same') return [...this.kept, comparison.news, ...batch.slice(index + 1)];
    }
    return 'same';
  }

  private get isThrough(): boolean {
    return this.at === this.expected.length;
  }

  private compare(part: StreamPart): Comparison {
    switch (part.type) {
      case 'text-delta':
        return this.comparesText ? this.compareText(part) : this.otherwise(part);
      case 'reasoning-delta':
        return this.comparesText ? this.passThought(part) : this.compareThought(part);
      case 'usage':
        this.kept.push(part);
        return 'same';
      case 'tool-call-delta':
      case 'finish':
        return this.otherwise(part);
      default:
        return part satisfies never;
    }
  }

  private compareText(part: TextDelta): Comparison {
    const length = this.repeated(part.text);
    if (length === undefined) return 'differs';
    if (length === part.text.length) return 'same';
    const text = part.text.slice(length);
    return {
      news: part.logprobs ? { ...part, text, logprobs: logprobsBehind(part.logprobs, length) } : { ...part, text },
    };
  }

  private compareThought(part: ReasoningDelta): Comparison {
    if (part.redacted !== undefined) return this.otherwise(part);
    const length = this.repeated(part.text);
    if (length === undefined) return 'differs';
    if (length < part.text.length) return { news: { ...part, text: part.text.slice(length) } };
    const isNews = part.signature !== undefined && this.isThrough && !this.delivered.isThoughtSigned;
    return isNews ? { news: { ...part, text: '' } } : 'same';
  }

  /** The thoughts behind the delivered text are news, unless thoughts were delivered behind it already. */
  private passThought(part: ReasoningDelta): Comparison {
    return this.isThrough && !this.delivered.endsInThoughts ? { news: part } : 'same';
  }

  /** Nothing of this kind was delivered: news where everything delivered has been repeated. */
  private otherwise(part: StreamPart): Comparison {
    if (part.type === 'text-delta' && part.text === '') return 'same';
    return this.isThrough ? { news: part } : 'differs';
  }

  /** How many of the characters repeat what was delivered; undefined: they differ from it. */
  private repeated(characters: string): number | undefined {
    const length = Math.min(characters.length, this.expected.length - this.at);
    const isSame =
      length === characters.length
        ? this.expected.startsWith(characters, this.at)
        : this.expected.endsWith(characters.slice(0, length));
    if (!isSame) return undefined;
    this.at += length;
    return length;
  }
}
