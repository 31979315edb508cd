import { estimateTokens } from '../../../billing/pricing/token-estimate.js';
import type { FinishReason, StreamPart } from '../../../providers/contract/stream-part.js';
import type { TokenUsage } from '../../../providers/contract/token-usage.js';

/** What has come of a model's answer, for whoever wants it whole. */
export class WrittenAnswer {
  text = '';
  /** Our own count of the output. */
  countedTokens = 0;
  /** As the provider reported it. */
  usage: TokenUsage | undefined;
  /** Undefined until the provider gives one. */
  finishReason: FinishReason | undefined;

  take(part: StreamPart): void {
    switch (part.type) {
      case 'text-delta':
        this.text += part.text;
        this.countedTokens += estimateTokens(part.text);
        return;
      case 'reasoning-delta':
        this.countedTokens += estimateTokens(part.text);
        return;
      case 'tool-call-delta':
        return;
      case 'usage':
        this.usage = part.usage;
        return;
      case 'finish':
        this.finishReason = part.reason;
        return;
      default:
        part satisfies never;
    }
  }
}
