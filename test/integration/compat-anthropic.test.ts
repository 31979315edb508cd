import Anthropic from '@anthropic-ai/sdk';
import { startTestApp, type TestApp } from '../support/app.js';

let gateway: TestApp;
let client: Anthropic;
beforeAll(async () => {
  gateway = await startTestApp();
  client = new Anthropic({ apiKey: gateway.token('alice'), baseURL: gateway.url });
});
afterAll(() => gateway.close());

const MODEL = 'claude-sonnet-4-6';
const ask = (text: string) => [{ role: 'user' as const, content: text }];

describe('a message of the official client', () => {
  it('comes whole', async () => {
    const message = await client.messages.create({ model: MODEL, max_tokens: 200, messages: ask('hello') });
    expect(message).toMatchObject({
      id: expect.stringMatching(/^msg_/),
      type: 'message',
      role: 'assistant',
      model: MODEL,
      content: [{ type: 'text', text: expect.stringMatching(/\w/) }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number), cache_read_input_tokens: 0 },
    });
    expect(message._request_id).toEqual(expect.any(String));
  });

  it('streams the same', async () => {
    const params = { model: MODEL, max_tokens: 200, messages: ask('say "it"\\ \n in two lines') };
    const whole = await client.messages.create(params);
    const texts: string[] = [];
    const stream = client.messages.stream(params).on('text', (text) => texts.push(text));
    const message = await stream.finalMessage();
    expect(message.content).toEqual(whole.content);
    expect(message.usage).toMatchObject({
      input_tokens: whole.usage.input_tokens,
      output_tokens: whole.usage.output_tokens,
    });
    expect(message.stop_reason).toBe('end_turn');
    expect(texts.join('')).toBe(await stream.finalText());
    expect(texts.length).toBeGreaterThan(1);
    expect(stream.request_id).toEqual(expect.any(String));
  });
});
