import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';

let simulator: Simulator;
let openai: OpenAI;
let anthropic: Anthropic;

beforeAll(async () => {
  simulator = await startSimulator({ gapMs: 0 });
  openai = new OpenAI({ apiKey: 'key', baseURL: `${simulator.url}/v1`, maxRetries: 0 });
  anthropic = new Anthropic({ apiKey: 'key', baseURL: simulator.url, maxRetries: 0 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const user = (content: string) => ({ role: 'user' as const, content });
const ask = (content: string, model = 'gpt-4') => ({ model, messages: [user(content)] });
const askClaude = (content: string, model = 'claude-sonnet-5-5') => ({ ...ask(content, model), max_tokens: 1000 });

describe('OpenAI’s client', () => {
  it('streams an answer with usage', async () => {
    const stream = await openai.chat.completions.create({
      ...ask('[[sim prompt=150 completion=300]]'),
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const texts = chunks.map(({ choices }) => choices[0]?.delta.content ?? '');
    expect(texts.filter((text) => text !== '')).toHaveLength(300);
    expect(chunks[0]!.choices[0]!.delta.role).toBe('assistant');
    expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 150, completion_tokens: 300, total_tokens: 450 },
    });
  });

  it('reports no usage in a stream that did not ask for it', async () => {
    const stream = await openai.chat.completions.create({ ...ask('Hello'), stream: true });
    for await (const chunk of stream) expect(chunk).not.toHaveProperty('usage');
  });

  it('gets a readable answer in one piece', async () => {
    const completion = await openai.chat.completions.create(ask('Why is the sky blue?'));
    expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant' } });
    expect(completion.choices[0]!.message.content).toMatch(/"Why is the sky blue\?".*gpt-4/);
    expect(completion.usage!.prompt_tokens).toBe(5);
  });

  it('gets the same answer streamed and whole', async () => {
    const { choices } = await openai.chat.completions.create(ask('Hello'));
    const streamed = await openai.chat.completions.stream(ask('Hello')).finalContent();
    expect(streamed).toBe(choices[0]!.message.content);
  });

  it.each(['max_tokens', 'max_completion_tokens'])('is answered no longer than %s', async (name) => {
    const completion = await openai.chat.completions.create({ ...ask('Hello'), [name]: 5 });
    expect(completion).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { completion_tokens: 5 } });
  });

  it('follows the name of a scripted model', async () => {
    const completion = await openai.chat.completions.create(ask('Hello', 'sim-4-0ms'));
    expect(completion.choices[0]!.message.content).toBe(' lorem lorem lorem lorem');
  });

  it('gets embeddings, decoded from base64 by default, and as floats', async () => {
    const request = { model: 'text-embedding-3-small', input: ['Hello', 'world'] };
    const decoded = await openai.embeddings.create(request);
    const floats = await openai.embeddings.create({ ...request, encoding_format: 'float' });
    expect(decoded.data.map(({ embedding }) => embedding.length)).toEqual([1536, 1536]);
    expect(decoded.usage).toEqual({ prompt_tokens: 4, total_tokens: 4 });
    expect(decoded.data[1]!.embedding).toEqual(floats.data[1]!.embedding);
    const short = await openai.embeddings.create({ ...request, dimensions: 64 });
    expect(short.data[0]!.embedding).toHaveLength(64);
  });

  it('lists models', async () => {
    const models = [];
    for await (const { id } of openai.models.list()) models.push(id);
    expect(models).toContain('gpt-4');
  });

  it('needs a key, and a good one', async () => {
    const response = await fetch(`${simulator.url}/v1/chat/completions`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
    const stranger = new OpenAI({ apiKey: 'invalid', baseURL: `${simulator.url}/v1`, maxRetries: 0 });
    await expect(stranger.chat.completions.create(ask('Hello'))).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });
});

describe('Anthropic’s client', () => {
  it('streams an answer in the real order of events', async () => {
    const stream = await anthropic.messages.create({ ...askClaude('[[sim prompt=150 completion=3]]'), stream: true });
    const events = [];
    for await (const event of stream) events.push(event);
    expect(events.map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(events[0]).toMatchObject({ message: { usage: { input_tokens: 150 } } });
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } });
  });

  it('gathers a streamed answer itself', async () => {
    const message = await anthropic.messages.stream(askClaude('[[sim completion=3 text=numbered]]')).finalMessage();
    expect(message).toMatchObject({ content: [{ type: 'text', text: ' 1 2 3' }], usage: { output_tokens: 3 } });
  });

  it('gets a readable answer in one piece', async () => {
    const message = await anthropic.messages.create({ ...askClaude('Hello'), system: 'Be brief.' });
    expect(message).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' });
    expect(message.content[0]).toMatchObject({ text: expect.stringMatching(/"Hello".*claude-sonnet-5-5/) });
    expect(message.usage.input_tokens).toBe(4);
  });

  it('is answered no longer than max_tokens', async () => {
    const message = await anthropic.messages.create({ ...askClaude('Hello'), max_tokens: 5 });
    expect(message).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 5 } });
  });

  it('lists models', async () => {
    const models = [];
    for await (const { id } of anthropic.models.list()) models.push(id);
    expect(models).toContain('claude-sonnet-5-5');
  });

  it('needs a key, and a good one', async () => {
    const response = await fetch(`${simulator.url}/v1/messages`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'authentication_error' } });
    const stranger = new Anthropic({ apiKey: 'invalid', baseURL: simulator.url, maxRetries: 0 });
    await expect(stranger.messages.create(askClaude('Hello'))).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
  });
});

describe('the bill', () => {
  it('is what the clients were told', async () => {
    const { data, response } = await openai.chat.completions.create(ask('Hello')).withResponse();
    const message = await anthropic.messages.create(askClaude('Hello'));
    expect(simulator.stats().bill).toEqual([
      {
        wire: 'openai',
        model: 'gpt-4',
        promptTokens: data.usage!.prompt_tokens,
        completionTokens: data.usage!.completion_tokens,
        finished: true,
        requestId: response.headers.get('x-request-id'),
        at: expect.any(Number),
      },
      expect.objectContaining({
        wire: 'anthropic',
        completionTokens: message.usage.output_tokens,
        requestId: message._request_id,
      }),
    ]);
  });

  it('keeps what it was asked', async () => {
    await openai.chat.completions.create(ask('Hello'));
    expect(simulator.stats().bodies).toEqual([{ wire: 'openai', path: '/v1/chat/completions', body: ask('Hello') }]);
  });
});

describe('bad requests', () => {
  const post = (path: string, body: string) =>
    fetch(simulator.url + path, { method: 'POST', body, headers: { authorization: 'Bearer key' } });

  it('are told what is wrong with their script', async () => {
    await expect(openai.chat.completions.create(ask('[[sim fault=exlode]]'))).rejects.toThrow("unknown fault 'exlode'");
    await expect(anthropic.messages.create(askClaude('Hello', 'sim-x'))).rejects.toThrow('sim-N-Mms');
    expect(simulator.stats()).toMatchObject({ requests: 2, rejected: 2, bill: [] });
  });

  it('are told that they are no JSON', async () => {
    for (const body of ['{', '[]', '"text"']) {
      expect((await post('/v1/chat/completions', body)).status).toBe(400);
    }
  });

  it('find nothing where nothing is', async () => {
    expect((await post('/v1/audio', '{}')).status).toBe(404);
    expect((await post('/v1/constructor', '{}')).status).toBe(404);
  });
});
