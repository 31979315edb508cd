import type { FinishReason } from '../contract/stream-part.js';

/** OpenAI's reason in our words; one that we have no word for is `unknown`, not an error. */
export function openAiFinishReason(reason: string): FinishReason {
  switch (reason) {
    case 'stop':
    case 'length':
    case 'content_filter':
      return reason;
    default:
      return 'unknown';
  }
}
