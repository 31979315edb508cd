import type { TextRequest } from '../contract/text-request.js';
import { toOpenAiRequest } from './openai-request.js';

const REQUEST: TextRequest = {
  model: 'gpt-4o',
  messages: [
    { role: 'system', content: 'be brief' },
    { role: 'user', content: [{ type: 'text', text: 'hi' }], name: 'ann' },
  ],
  maxOutputTokens: 100,
};

describe('toOpenAiRequest', () => {
  it('asks for a stream with usage and passes the messages on', () => {
    expect(toOpenAiRequest(REQUEST)).toEqual({
      model: 'gpt-4o',
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: [{ type: 'text', text: 'hi' }], name: 'ann' },
      ],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 100,
    });
  });

  it('passes sampling on, zeros included, and leaves an empty stop list out', () => {
    const body = toOpenAiRequest({ ...REQUEST, temperature: 0, topP: 0, stop: [] });
    expect(body).toMatchObject({ temperature: 0, top_p: 0 });
    expect(body).not.toHaveProperty('stop');
    expect(toOpenAiRequest({ ...REQUEST, stop: ['\n', 'END'] })).toHaveProperty('stop', ['\n', 'END']);
  });

  it('gives reasoning models their own limit and none of the parameters that they refuse', () => {
    const body = toOpenAiRequest({ ...REQUEST, model: 'o3-mini', temperature: 0.5, topP: 0.5, stop: ['x'] });
    expect(body).toMatchObject({ max_completion_tokens: 100 });
    for (const name of ['max_tokens', 'temperature', 'top_p', 'stop']) expect(body).not.toHaveProperty(name);
  });

  it('gives gpt-5’s chat variant the new limit and the sampling', () => {
    const body = toOpenAiRequest({ ...REQUEST, model: 'gpt-5-chat-latest', temperature: 0.5 });
    expect(body).toMatchObject({ max_completion_tokens: 100, temperature: 0.5 });
  });
});
