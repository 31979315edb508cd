import OpenAI from 'openai';
import { startTestApp, type TestApp } from '../support/app.js';

let gateway: TestApp;
let client: OpenAI;
beforeAll(async () => {
  gateway = await startTestApp();
  client = new OpenAI({ apiKey: gateway.token('alice'), baseURL: `${gateway.url}/v1` });
});
afterAll(() => gateway.close());

const ask = (text: string) => [{ role: 'user' as const, content: text }];

describe('a chat of the official client', () => {
  it('comes whole', async () => {
    const answer = await client.chat.completions.create({ model: 'gpt-4.1', messages: ask('hello') });
    expect(answer.id).toMatch(/^chatcmpl-/);
    expect(answer.object).toBe('chat.completion');
    expect(answer.choices[0]).toMatchObject({ index: 0, finish_reason: 'stop', logprobs: null });
    expect(answer.choices[0]!.message).toMatchObject({ role: 'assistant', refusal: null });
    expect(answer.choices[0]!.message.content).not.toBe('');
    expect(answer.usage!.total_tokens).toBe(answer.usage!.prompt_tokens + answer.usage!.completion_tokens);
    expect(answer._request_id).toEqual(expect.any(String));
  });

  it('streams', async () => {
    const whole = await client.chat.completions.create({ model: 'gpt-4.1', messages: ask('say "it"\\') });
    const stream = await client.chat.completions.create({
      model: 'gpt-4.1',
      messages: ask('say "it"\\'),
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks[0]!.choices[0]!.delta).toEqual({ role: 'assistant', content: '', refusal: null });
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    expect(text).toBe(whole.choices[0]!.message.content);
    expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });
});
