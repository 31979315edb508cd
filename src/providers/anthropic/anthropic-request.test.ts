import type { TextRequest } from '../contract/text-request.js';
import { toAnthropicRequest as build } from './anthropic-request.js';

const toAnthropicRequest = (request: TextRequest) => build(request).body;

const REQUEST: TextRequest = {
  model: 'claude-haiku-4-5',
  messages: [
    { role: 'system', content: 'be brief' },
    { role: 'user', content: 'hi' },
  ],
  maxOutputTokens: 100,
};

describe('toAnthropicRequest', () => {
  it('always has a limit and asks for a stream', () => {
    expect(toAnthropicRequest(REQUEST)).toEqual({
      model: 'claude-haiku-4-5',
      max_tokens: 100,
      stream: true,
      system: 'be brief',
      messages: [{ role: 'user', content: 'hi' }],
    });
  });

  it('passes a temperature on, zero included, and sends none above 1', () => {
    expect(toAnthropicRequest({ ...REQUEST, temperature: 0 })).toHaveProperty('temperature', 0);
    expect(toAnthropicRequest({ ...REQUEST, temperature: 1.7 })).toHaveProperty('temperature', 1);
  });

  it('passes top_k on to models that take it', () => {
    expect(toAnthropicRequest({ ...REQUEST, topK: 40, topP: 0.9 })).toMatchObject({ top_k: 40, top_p: 0.9 });
    expect(toAnthropicRequest({ ...REQUEST, topK: 40, temperature: 0 })).toMatchObject({ top_k: 40, temperature: 0 });
    expect(toAnthropicRequest({ ...REQUEST, model: 'claude-opus-4-8', topK: 40 })).not.toHaveProperty('top_k');
  });

  it('sends top_p only where there is no temperature', () => {
    expect(toAnthropicRequest({ ...REQUEST, topP: 0.9 })).toHaveProperty('top_p', 0.9);
    expect(toAnthropicRequest({ ...REQUEST, topP: 0.9, temperature: 0.5 })).not.toHaveProperty('top_p');
  });

  it('sends neither to models that take none', () => {
    const body = toAnthropicRequest({ ...REQUEST, model: 'claude-opus-5', topP: 0.9, temperature: 0.5 });
    expect(body).not.toHaveProperty('temperature');
    expect(body).not.toHaveProperty('top_p');
  });

  it('drops stop sequences of white space', () => {
    expect(toAnthropicRequest({ ...REQUEST, stop: ['\n', 'END', ' '] })).toHaveProperty('stop_sequences', ['END']);
    expect(toAnthropicRequest({ ...REQUEST, stop: ['\n\n'] })).not.toHaveProperty('stop_sequences');
  });
});
