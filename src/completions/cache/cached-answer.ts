import type { FinishReason } from '../../providers/contract/stream-part.js';
import type { EmbeddingResult } from '../../providers/contract/text-provider.js';
import type { TokenUsage } from '../../providers/contract/token-usage.js';
import type { WholeContent } from '../answer-content.js';

/** An answer as it is kept, to be given again to the same request. */
export interface CachedAnswer {
  /** Who gave it. */
  providerId: string;
  model: string;
  content: WholeContent;
  /** Of an embedding. */
  vectors?: EmbeddingResult['vectors'];
  /** What it took to make it. Giving it again takes nothing, and costs nothing. */
  usage: TokenUsage;
  finishReason: FinishReason;
  stopSequence?: string;
}
