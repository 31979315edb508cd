import { setImmediate } from 'node:timers/promises';
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

const ask = (content: string, model = 'gpt-4') => ({ model, messages: [{ role: 'user' as const, content }] });
const chat = (content: string, model?: string) => openai.chat.completions.create(ask(content, model));
const chatClaude = (content: string) => anthropic.messages.create({ ...ask(content, 'claude'), max_tokens: 1000 });

async function until(condition: () => boolean, deadlineMs = 5_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${condition.toString()}`);
    await setImmediate();
  }
}

describe('forced faults', () => {
  it('come before the request’s own script, as often as told, in their scope', async () => {
    simulator.setFault({ fault: '500', count: 1, wire: 'openai' });
    await chatClaude('Hello');
    await expect(chat('[[sim fault=503]]')).rejects.toMatchObject({ status: 500 });
    await expect(chat('[[sim fault=503]]')).rejects.toMatchObject({ status: 503 });
    simulator.setFault({ fault: '500', model: 'gpt-4' });
    await expect(chat('Hello')).rejects.toMatchObject({ status: 500 });
    await chat('Hello', 'gpt-4o');
    simulator.setFault();
    await chat('Hello');
  });

  it('can be kept to one wire by the script', async () => {
    await expect(chat('[[sim fault=500 wire=openai]]')).rejects.toMatchObject({ status: 500 });
    await chatClaude('[[sim fault=500 wire=openai]]');
  });

  it('are refused where they make no sense', () => {
    expect(() => simulator.setFault({ fault: 'explode' as 'cut' })).toThrow("unknown fault 'explode'");
  });
});

describe('the control surface', () => {
  const post = (path: string, body: object) =>
    fetch(simulator.url + path, { method: 'POST', body: JSON.stringify(body) });

  it('forces and lifts faults', async () => {
    expect((await post('/_fault', { fault: '503', wire: 'openai' })).status).toBe(200);
    await expect(chat('Hello')).rejects.toMatchObject({ status: 503 });
    await post('/_fault', { fault: null, wire: 'openai' });
    await chat('Hello');
    await post('/_fault', { fault: '503' });
    await post('/_fault', {});
    await chat('Hello');
  });

  it('says what is wrong with a fault', async () => {
    const response = await post('/_fault', { fault: 'explode' });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringContaining("unknown fault 'explode'") });
    expect((await post('/_fault', { fault: null, count: 2 })).status).toBe(400);
    expect((await post('/_nothing', {})).status).toBe(404);
  });

  it('gives the stats and forgets them', async () => {
    await chat('Hello');
    const stats = async () => (await fetch(`${simulator.url}/_stats`)).json();
    expect(await stats()).toMatchObject({ requests: 1, completed: 1, byModel: { 'gpt-4': { requests: 1 } } });
    await post('/_reset', {});
    expect(await stats()).toMatchObject({ requests: 0, bill: [], byModel: {} });
  });
});

describe('close', () => {
  it('ends open streams promptly', async () => {
    const other = await startSimulator();
    const client = new OpenAI({ apiKey: 'key', baseURL: `${other.url}/v1`, maxRetries: 0 });
    const streams = ['[[sim chunks=1000 gap=1000]]', '[[sim chunks=4 fault=stall]]'].map((content) =>
      client.chat.completions.create({ ...ask(content), stream: true }),
    );
    await Promise.all(streams);
    const hanging = client.chat.completions.create(ask('[[sim fault=hang]]')).catch((error: unknown) => error);
    await until(() => other.stats().requests === 3);
    await other.close();
    await other.close();
    expect(await hanging).toBeInstanceOf(OpenAI.APIConnectionError);
  });
});
