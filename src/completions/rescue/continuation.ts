import type { StreamPart, TokenLogprob } from '../../providers/contract/stream-part.js';
import { overlapOf } from './continuation-seam.js';
import { logprobsBehind } from './logprobs-behind.js';

/**
 * Holds the beginning of a continuation back until it is known how much of it repeats what was delivered. The thoughts
 * before its first words are swallowed: they are about going on. Pure.
 */
export class Continuation {
  private beginning = '';
  private readonly logprobs: TokenLogprob[] = [];

  /** @param wasTold the model was told to go on in words; otherwise it writes on in the same message, and repeats nothing */
  constructor(
    private readonly delivered: string,
    private readonly wasTold: boolean,
  ) {}

  /** @returns 'same': nothing that could be shown so far; or what the answer goes on with */
  take(batch: readonly StreamPart[]): 'same' | StreamPart[] {
    for (const [index, part] of batch.entries()) {
      if (part.type === 'usage' || part.type === 'reasoning-delta') continue;
      if (part.type === 'text-delta') {
        this.beginning += part.text;
        if (part.logprobs) this.logprobs.push(...part.logprobs);
      }
      const isComplete = part.type !== 'text-delta';
      const overlap = this.wasTold ? overlapOf(this.delivered, this.beginning, isComplete) : 0;
      if (overlap === undefined) continue;
      const text = this.beginning.slice(overlap);
      if (text === '' && !isComplete) continue;
      return [...this.textPart(text, overlap), ...batch.slice(isComplete ? index : index + 1)];
    }
    return 'same';
  }

  private textPart(text: string, overlap: number): StreamPart[] {
    if (text === '') return [];
    const logprobs = logprobsBehind(this.logprobs, overlap);
    return [{ type: 'text-delta', text, ...(logprobs.length === 0 ? {} : { logprobs }) }];
  }
}
