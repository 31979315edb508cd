import type { FinishReason } from '../contract/stream-part.js';

/** Anthropic's stop reason in our words; one that we have no word for is `unknown`, not an error. */
export function anthropicFinishReason(reason: string): FinishReason {
  switch (reason) {
    case 'end_turn':
    case 'stop_sequence':
      return 'stop';
    case 'tool_use':
      return 'tool_calls';
    case 'max_tokens':
    case 'model_context_window_exceeded':
    case 'pause_turn': // the vendor wants to be asked to go on, which nobody does
    case 'compaction':
      return 'length';
    case 'refusal':
      return 'content_filter';
    default:
      return 'unknown';
  }
}
