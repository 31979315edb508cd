import { McpError, type McpClient } from '@smart-ai-hub/mcp-client';
import { randomUUID } from 'node:crypto';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { Clients, counting, failureOf, numbers, piecesOf } from './clients.js';

let app: TestApp;
const clients = new Clients();
beforeAll(async () => {
  app = await startTestApp();
});
afterEach(() => clients.close());
afterAll(() => app.close());

const clientOf = (user: string): McpClient => clients.make({ url: app.url, token: app.token(user) });
const charges = async (user: string) => (await readLedger(app.databaseUrl, user)).charges;

describe('the client library', () => {
  it('gives an answer piece by piece, then its bill', async () => {
    const answer = clientOf('ann').chat(counting(30, 50));
    const pieces = await piecesOf(answer);
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.join('')).toBe(numbers(30));
    const { text, usage, metadata, balance } = await answer.done;
    expect(text).toBe(numbers(30));
    expect(usage).toMatchObject({ completionTokens: 30, usageSource: 'provider' });
    expect(metadata).toMatchObject({ model: 'gpt-4o', provider: 'openai', finishReason: 'stop' });
    expect(balance).toBe(10_000 - usage.credits);
  });

  it('gives calls of tools once they are whole, and the message that the conversation goes on with', async () => {
    const client = clientOf('bea');
    const question = {
      role: 'user' as const,
      content: '[[sim say="I look." tool=look args={"at":"sky"} tool=now gap=1]]',
    };
    const tools = [
      { name: 'look', parameters: { type: 'object', properties: { at: { type: 'string' } } } },
      { name: 'now' },
    ];
    for (const model of ['gpt-4o', 'claude-sonnet-4-5']) {
      const options = { model, tools, maxTokens: 8_000, reasoningEffort: 'low' as const };
      const answer = client.chat({ ...options, messages: [question] });
      const parts = [];
      for await (const part of answer.parts()) if (part.type !== 'reasoning') parts.push(part);
      const { message, toolCalls, metadata } = await answer.done;
      expect(toolCalls).toMatchObject([
        { name: 'look', arguments: '{"at":"sky"}' },
        { name: 'now', arguments: '{}' },
      ]);
      expect(parts.slice(-2)).toEqual(toolCalls.map((call) => ({ type: 'toolCall', call })));
      expect(metadata.finishReason).toBe('tool_calls');
      const results = toolCalls.map(({ id }) => ({ role: 'tool' as const, toolCallId: id, content: 'blue' }));
      const next = await client.chat({ ...options, messages: [question, message, ...results] }).done;
      expect(next).toMatchObject({ toolCalls: [], metadata: { finishReason: 'stop', provider: metadata.provider } });
    }
  });

  it('takes up a call of a tool in its middle', async () => {
    const text = 'Oslo '.repeat(60);
    const question = `[[sim tool=look args={"at":"${text}"} gap=5]]`;
    const options = {
      model: 'gpt-4o',
      tools: [{ name: 'look' }],
      messages: [{ role: 'user' as const, content: question }],
    };
    const first = clientOf('bea').chat(options);
    const begun = await new Promise<typeof first>((resolve) =>
      first.onUpdate((answer) => answer.lastSeq > 10 && resolve(answer)),
    );
    const { id, lastSeq, toolCalls } = begun;
    const { done } = clientOf('bea').resume(id, { lastSeq, text: '', toolCalls });
    expect(JSON.parse((await done).toolCalls[0]!.arguments)).toEqual({ at: text });
    expect((await first.done).toolCalls).toEqual((await done).toolCalls);
  });

  it('gives an answer as often as it is read, from its beginning', async () => {
    const answer = clientOf('ann').chat(counting(20, 2));
    const [first, second] = await Promise.all([piecesOf(answer), piecesOf(answer)]);
    const late = await piecesOf(answer);
    expect([first.join(''), second.join(''), late.join('')]).toEqual([numbers(20), numbers(20), numbers(20)]);
    expect(late).toHaveLength(1);
  });

  it('keeps a slow reader waiting for nothing: it gets what came meanwhile in one piece', async () => {
    const answer = clientOf('ann').chat(counting(50, 1));
    const pieces: string[] = [];
    for await (const piece of answer) {
      pieces.push(piece);
      if (pieces.length === 1) await answer.done;
    }
    expect(pieces).toHaveLength(2);
    expect(pieces.join('')).toBe(numbers(50));
  });

  it('has answers in one piece, completions and embeddings too', async () => {
    const client = clientOf('ann');
    const [whole, completion, embedding] = await Promise.all([
      client.chat({ ...counting(5, 1), stream: false }).done,
      client.completion({ model: 'gpt-4o', prompt: '[[sim chunks=3 gap=1 text=numbered]]' }).done,
      client.embedding({ model: 'text-embedding-3-small', prompt: ['one', 'two'] }).done,
    ]);
    expect(whole.text).toBe(numbers(5));
    expect(completion.text).toBe(numbers(3));
    expect(embedding.embeddings).toHaveLength(2);
  });

  it('has many answers on their way over one socket', async () => {
    const client = clientOf('many');
    const sizes = Array.from({ length: 40 }, (_, index) => index + 1);
    const answers = sizes.map((size) => client.chat(counting(size, 2)).done);
    expect((await Promise.all(answers)).map(({ text }) => text)).toEqual(sizes.map(numbers));
    expect(await charges('many')).toBe(40);
  });

  it('cancels at the server: what was delivered is charged, the rest is not made', async () => {
    const answer = clientOf('carl').chat(counting(1_000, 10));
    const pieces: string[] = [];
    const error = await failureOf(
      (async () => {
        for await (const piece of answer) {
          pieces.push(piece);
          answer.cancel();
        }
      })(),
    );
    expect(error).toBeInstanceOf(McpError);
    expect(error).toMatchObject({ code: 'CANCELLED', requestId: answer.id, usage: { usageSource: 'estimated' } });
    expect(error.usage!.completionTokens).toBeLessThan(500);
    expect(pieces.join('')).toBe(answer.text);
    expect(await failureOf(answer.done)).toBe(error);
  });

  it('cancels by an AbortSignal; with one that is aborted already nothing is asked', async () => {
    const controller = new AbortController();
    const answer = clientOf('abby').chat(counting(1_000, 10), { signal: controller.signal });
    await eventually(() => expect(answer.lastSeq).toBeGreaterThan(2));
    controller.abort();
    expect(await failureOf(answer.done)).toMatchObject({ code: 'CANCELLED', usage: expect.anything() });
    const late = clientOf('abby').chat(counting(5, 1), { signal: controller.signal });
    expect(await failureOf(late.done)).toMatchObject({ code: 'CANCELLED', usage: undefined });
    expect(await charges('abby')).toBe(1);
  });

  it('tells errors by their code', async () => {
    const client = clientOf('eve');
    const error = await failureOf(client.chat({ ...counting(1, 1), model: 'no-such-model' }).done);
    expect(error).toMatchObject({ name: 'McpError', code: 'MODEL_NOT_FOUND', retryable: false });
    const invalid = await failureOf(client.chat({ ...counting(1, 1), temperature: 9 }).done);
    expect(invalid).toMatchObject({ code: 'VALIDATION_ERROR', details: { fields: [{ field: 'temperature' }] } });
  });

  it('refuses an id that is used for something else, here and at the server', async () => {
    const client = clientOf('ida');
    const id = randomUUID();
    const answer = client.chat(counting(20, 5), { id });
    expect(() => client.chat(counting(20, 5), { id })).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    await answer.done;
    expect(await failureOf(client.chat(counting(3, 1), { id }).done)).toMatchObject({ code: 'CONFLICT' });
  });

  it('gets an answer back by its id, and from another client as well', async () => {
    const answer = clientOf('rob').chat(counting(60, 10));
    await eventually(() => expect(answer.lastSeq).toBeGreaterThan(10));
    const other = clientOf('rob');
    const resumed = other.resume(answer.id);
    expect(other.resume(answer.id)).toBe(resumed);
    const [whole, again] = await Promise.all([answer.done, resumed.done]);
    expect(again).toEqual(whole);
    const rest = other.resume(answer.id, { lastSeq: 59, text: numbers(59) });
    expect(await piecesOf(rest)).toEqual([numbers(59), ' 60']);
    expect(await failureOf(clientOf('mallory').resume(answer.id).done)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await charges('rob')).toBe(1);
  });

  it('says at once why it is not let in', async () => {
    const client = clients.make({ url: app.url, token: 'nonsense' });
    expect(await failureOf(client.connect())).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await failureOf(client.chat(counting(1, 1)).done)).toMatchObject({ code: 'UNAUTHORIZED' });
    const nobody = clients.make({ url: 'ws://127.0.0.1:1', token: 'x' });
    expect(await failureOf(nobody.connect())).toMatchObject({ code: 'UNREACHABLE', message: 'ECONNREFUSED' });
    expect(() => clients.make({ url: 'ftp://x', token: 'x' })).toThrow(TypeError);
  });

  it('hangs up when nothing is outstanding any more, and connects again when something is', async () => {
    const states: string[] = [];
    const options = { url: app.url, token: app.token('ann'), idleCloseMs: 1 };
    const client = clients.make({ ...options, onStatus: ({ state }) => states.push(state) });
    for (const round of [1, 2]) {
      await client.chat(counting(2, 1)).done;
      await eventually(() => expect(states).toHaveLength(3 * round));
    }
    expect(states).toEqual(['connecting', 'open', 'idle', 'connecting', 'open', 'idle']);
  });

  it('ends what is under way when it is closed, which goes on at the server', async () => {
    const client = clientOf('clo');
    const answer = client.chat(counting(40, 10));
    await eventually(() => expect(answer.lastSeq).toBeGreaterThan(3));
    client.close();
    expect(await failureOf(answer.done)).toMatchObject({ code: 'CLOSED' });
    expect(await failureOf(client.chat(counting(1, 1)).done)).toMatchObject({ code: 'CLOSED' });
    expect((await clientOf('clo').resume(answer.id).done).text).toBe(numbers(40));
  });

  it('tells what happens to the account, from the beginning on and as long as it is listened to', async () => {
    const client = clientOf('sue');
    const events: [string, unknown][] = [];
    const end = client.subscribe('account', ({ event, data }) => events.push([event, data['balance']]));
    await eventually(() => expect(events).toContainEqual(['credits.changed', 10_000]));
    const { balance } = await client.chat(counting(5, 1)).done;
    await eventually(() => expect(events).toContainEqual(['credits.changed', balance]));
    expect(events[0]![0]).toBe('subscribed');
    end();
    const before = events.length;
    await client.chat(counting(5, 1)).done;
    expect(events.length).toBe(before);
  });
});
