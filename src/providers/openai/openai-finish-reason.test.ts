import { openAiFinishReason } from './openai-finish-reason.js';

describe('openAiFinishReason', () => {
  it.each(['stop', 'length', 'content_filter'])('keeps %s', (reason) => {
    expect(openAiFinishReason(reason)).toBe(reason);
  });

  it.each(['tool_calls', 'function_call', 'eos', ''])('has no word for %j', (reason) => {
    expect(openAiFinishReason(reason)).toBe('unknown');
  });
});
