import { isFailure, openAiFinishReason } from './openai-finish-reason.js';

describe('openAiFinishReason', () => {
  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['tool_calls', 'tool_calls'],
    ['function_call', 'tool_calls'],
    ['eos', 'stop'],
    ['model_length', 'length'],
    ['SAFETY', 'content_filter'],
    ['RECITATION', 'content_filter'],
    ['blocklist', 'content_filter'],
    ['sensitive', 'content_filter'],
    ['MAX_TOKENS', 'length'],
    ['time_limit', 'length'],
    ['pause_turn', 'length'],
    ['eos_token', 'stop'],
    ['MALFORMED_FUNCTION_CALL', 'unknown'],
    ['', 'unknown'],
    ['something_new', 'unknown'],
  ])('calls %j %s', (reason, ours) => {
    expect(openAiFinishReason(reason)).toBe(ours);
  });

  it('takes an answer that called tools for one that ended for them, unless it was cut', () => {
    expect(openAiFinishReason('stop', true)).toBe('tool_calls');
    expect(openAiFinishReason('length', true)).toBe('length');
    expect(openAiFinishReason('something_new', true)).toBe('unknown');
  });

  it('tells the reasons that mean failure', () => {
    expect(['error', 'insufficient_system_resource', 'abort', 'network_error', 'Cancelled'].every(isFailure)).toBe(
      true,
    );
    expect(['stop', 'length', 'unknown'].some(isFailure)).toBe(false);
  });
});
