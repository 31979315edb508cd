import { anthropicFinishReason } from './anthropic-finish-reason.js';

describe('anthropicFinishReason', () => {
  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'content_filter'],
    ['tool_use', 'tool_calls'],
    ['pause_turn', 'length'],
    ['something_new', 'unknown'],
  ])('calls %s %s', (reason, ours) => {
    expect(anthropicFinishReason(reason)).toBe(ours);
  });
});
