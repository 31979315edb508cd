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
    ['', 'unknown'],
    ['something_new', 'unknown'],
  ])('calls %j %s', (reason, ours) => {
    expect(openAiFinishReason(reason)).toBe(ours);
  });

  it('takes an answer that called tools for one that ended for them, unless it was cut', () => {
    expect(openAiFinishReason('stop', true)).toBe('tool_calls');
    expect(openAiFinishReason('length', true)).toBe('length');
  });

  it('tells the reasons that mean failure', () => {
    expect(['error', 'insufficient_system_resource'].every(isFailure)).toBe(true);
    expect(['stop', 'length', 'unknown'].some(isFailure)).toBe(false);
  });
});
