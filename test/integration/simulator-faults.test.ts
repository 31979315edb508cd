import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
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

/** Reads a streamed answer of either wire as plain text, until its end or its break. */
async function readRaw(
  directive: string,
  wire: 'openai' | 'anthropic' = 'openai',
): Promise<{ text: string; error?: unknown }> {
  const path = wire === 'openai' ? '/v1/chat/completions' : '/v1/messages';
  const options = {
    stream: true,
    max_tokens: 1000,
    ...(wire === 'openai' ? { stream_options: { include_usage: true } } : {}),
  };
  const response = await fetch(simulator.url + path, {
    method: 'POST',
    headers: { authorization: 'Bearer key', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ ...ask(`[[sim ${directive}]]`), ...options }),
  });
  let text = '';
  try {
    for await (const bytes of response.body!) text += Buffer.from(bytes).toString();
    return { text };
  } catch (error) {
    return { text, error };
  }
}
const loremsIn = (text: string) => text.match(/lorem/g)?.length ?? 0;

describe('refusals', () => {
  it.each([
    ['429', OpenAI.RateLimitError, 429, 'rate_limit_exceeded', Anthropic.RateLimitError, 429, 'rate_limit_error'],
    ['quota', OpenAI.RateLimitError, 429, 'insufficient_quota', Anthropic.APIError, 402, 'billing_error'],
    ['500', OpenAI.InternalServerError, 500, null, Anthropic.InternalServerError, 500, 'api_error'],
    ['503', OpenAI.InternalServerError, 503, null, Anthropic.InternalServerError, 503, 'overloaded_error'],
    ['overloaded', OpenAI.InternalServerError, 503, null, Anthropic.InternalServerError, 529, 'overloaded_error'],
    [
      '401',
      OpenAI.AuthenticationError,
      401,
      'invalid_api_key',
      Anthropic.AuthenticationError,
      401,
      'authentication_error',
    ],
    [
      '403',
      OpenAI.PermissionDeniedError,
      403,
      'unsupported_country_region_territory',
      Anthropic.PermissionDeniedError,
      403,
      'permission_error',
    ],
    ['404', OpenAI.NotFoundError, 404, 'model_not_found', Anthropic.NotFoundError, 404, 'not_found_error'],
    ['410', OpenAI.APIError, 410, 'model_not_found', Anthropic.APIError, 410, 'not_found_error'],
    ['400', OpenAI.BadRequestError, 400, 'invalid_value', Anthropic.BadRequestError, 400, 'invalid_request_error'],
    [
      'context',
      OpenAI.BadRequestError,
      400,
      'context_length_exceeded',
      Anthropic.BadRequestError,
      400,
      'invalid_request_error',
    ],
    [
      'filter-400',
      OpenAI.BadRequestError,
      400,
      'content_filter',
      Anthropic.BadRequestError,
      400,
      'invalid_request_error',
    ],
  ])(
    '%s is the error that each client knows',
    async (fault, OpenAIError, status, code, AnthropicError, claudeStatus, type) => {
      const atOpenAI = await chat(`[[sim fault=${fault}]]`).catch((error: unknown) => error);
      expect(atOpenAI).toBeInstanceOf(OpenAIError);
      expect(atOpenAI).toMatchObject({ status, code });
      const atAnthropic = await chatClaude(`[[sim fault=${fault}]]`).catch((error: unknown) => error);
      expect(atAnthropic).toBeInstanceOf(AnthropicError);
      expect(atAnthropic).toMatchObject({ status: claudeStatus, type });
      expect(simulator.stats()).toMatchObject({ faulted: 2, bill: [] });
    },
  );

  it('say when to come back only where asked to', async () => {
    const headersOf = async (script: string) =>
      (await chat(`[[sim fault=429 ${script}]]`).catch(
        (error: unknown) => error as InstanceType<typeof OpenAI.APIError>,
      )) as {
        headers: Headers;
      };
    expect((await headersOf('')).headers.get('retry-after')).toBeNull();
    expect((await headersOf('retry-after=2')).headers.get('retry-after')).toBe('2');
    expect((await headersOf('retry-after-ms=1500')).headers.get('retry-after-ms')).toBe('1500');
    const date = (await headersOf('retry-after-date=10')).headers.get('retry-after')!;
    expect(Date.parse(date) - Date.now()).toBeGreaterThan(5_000);
  });

  it('strike embeddings too, by the name of the model or by a text', async () => {
    const embed = (model: string, input: string) => openai.embeddings.create({ model, input });
    await expect(embed('sim-1-0ms-503', 'Hello')).rejects.toMatchObject({ status: 503 });
    await expect(embed('text-embedding-3-small', '[[sim fault=429]]')).rejects.toMatchObject({ status: 429 });
    expect(await embed('text-embedding-3-small', '[[sim prompt=42]]')).toMatchObject({ usage: { prompt_tokens: 42 } });
  });
});

describe('content filters', () => {
  it('stop an answer with the reason of each wire', async () => {
    const completion = await chat('[[sim chunks=4 fault=filter-stop]]');
    expect(completion.choices[0]).toMatchObject({
      finish_reason: 'content_filter',
      message: { content: ' lorem lorem' },
    });
    expect(await chatClaude('[[sim chunks=4 fault=filter]]')).toMatchObject({ stop_reason: 'refusal' });
    await expect(chat('[[sim fault=filter]]')).rejects.toMatchObject({ code: 'content_filter' });
    const streamed = anthropic.messages.stream({ ...ask('[[sim chunks=4 fault=filter]]'), max_tokens: 9 });
    expect(await streamed.finalMessage()).toMatchObject({ stop_reason: 'refusal', usage: { output_tokens: 2 } });
  });
});

describe('streams that go wrong', () => {
  it('are cut after half of the chunks, all of them delivered', async () => {
    for (const wire of ['openai', 'anthropic'] as const) {
      const { text, error } = await readRaw('chunks=10 fault=cut', wire);
      expect(error).toBeDefined();
      expect(loremsIn(text)).toBe(5);
    }
    expect(simulator.stats().bill[0]).toMatchObject({ completionTokens: 5, finished: false });
  });

  it('are cut where the script says', async () => {
    expect(loremsIn((await readRaw('chunks=10 gap=1 fault=cut after=7')).text)).toBe(7);
  });

  it('end cleanly without a reason', async () => {
    const { text, error } = await readRaw('chunks=9 fault=end');
    expect(error).toBeUndefined();
    expect(loremsIn(text)).toBe(6);
    expect(text).not.toMatch(/\[DONE\]|"finish_reason":"stop"/);
  });

  it('carry an error that the clients throw', async () => {
    const stream = openai.chat.completions.stream(ask('[[sim chunks=4 fault=err]]'));
    await expect(stream.finalContent()).rejects.toMatchObject({ type: 'server_error' });
    const claude = anthropic.messages.stream({ ...ask('[[sim chunks=4 fault=err]]'), max_tokens: 9 });
    await expect(claude.finalMessage()).rejects.toMatchObject({ type: 'overloaded_error' });
  });

  it('hold one malformed event and are whole otherwise', async () => {
    for (const wire of ['openai', 'anthropic'] as const) {
      const { text } = await readRaw('chunks=10 fault=malformed', wire);
      const broken = text.match(/(?<=^data: )\{.*$/gm)!.filter((data) => !isJson(data));
      expect(broken).toHaveLength(1);
      expect(loremsIn(text)).toBe(10);
    }
    expect(simulator.stats().completed).toBe(2);
  });

  it('lack their end', async () => {
    const { text } = await readRaw('chunks=3 fault=nodone');
    expect(text).toContain('"completion_tokens":3');
    expect(text).not.toContain('[DONE]');
    const claude = await readRaw('chunks=3 fault=nodone', 'anthropic');
    expect(claude.text).toContain('"output_tokens":3');
    expect(claude.text).not.toContain('message_stop');
  });

  it('lack usage, or report none of it', async () => {
    for (const wire of ['openai', 'anthropic'] as const) {
      expect((await readRaw('chunks=3 fault=nousage', wire)).text).not.toMatch(/_tokens/);
      const zeros = (await readRaw('chunks=3 fault=zerousage', wire)).text.match(
        /(?<=(input|output|prompt|completion)_tokens":)\d+/g,
      );
      expect(new Set(zeros)).toEqual(new Set(['0']));
    }
    expect(simulator.stats().bill[0]).toMatchObject({ completionTokens: 3, finished: true });
  });

  it('hold a huge delta', async () => {
    const { choices, usage } = await chat('[[sim chunks=3 fault=big size=300000]]');
    expect(choices[0]!.message.content).toHaveLength(300_012);
    expect(usage!.completion_tokens).toBe(3);
    expect((await readRaw('chunks=3 fault=big')).text.length).toBeGreaterThan(1024 * 1024);
  });

  it('stall until the client hangs up', async () => {
    const stream = await openai.chat.completions.create({ ...ask('[[sim chunks=4 fault=stall]]'), stream: true });
    const iterator = stream[Symbol.asyncIterator]();
    for (let read = 0; read < 3; read++) await iterator.next();
    await until(() => simulator.stats().faulted === 1);
    stream.controller.abort();
    expect(simulator.stats().bill).toEqual([expect.objectContaining({ completionTokens: 2, finished: false })]);
  });

  it('begin late, with headers at once', async () => {
    const began = performance.now();
    const late = { ...ask('[[sim chunks=2 fault=late delay=500]]'), stream: true as const };
    const stream = await openai.chat.completions.create(late);
    expect(simulator.stats().chunks).toBe(0);
    for await (const { choices } of stream) {
      if (choices[0]?.delta.content) expect(performance.now() - began).toBeGreaterThanOrEqual(495);
    }
    expect(simulator.stats().chunks).toBe(2);
  });
});

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('connections that go wrong', () => {
  /** Sends a chat over a socket of its own and collects what comes back. */
  function sendRaw(directive: string) {
    const body = JSON.stringify({ ...ask(`[[sim ${directive}]]`), stream: true });
    const socket = net.connect(simulator.port, '127.0.0.1');
    const seen = { text: '', errorCode: undefined as string | undefined, isClosed: false };
    socket.on('data', (bytes) => (seen.text += bytes.toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => (seen.errorCode = error.code));
    socket.on('close', () => (seen.isClosed = true));
    const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: simulator\r\nAuthorization: Bearer key\r\n`;
    socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    return { socket, seen };
  }

  it('are reset before the headers', async () => {
    const { seen } = sendRaw('fault=reset');
    await until(() => seen.isClosed);
    expect(seen).toMatchObject({ text: '', errorCode: 'ECONNRESET' });
  });

  it('accept and never answer', async () => {
    const { socket, seen } = sendRaw('fault=hang');
    await until(() => simulator.stats().faulted === 1);
    expect(seen).toMatchObject({ text: '', isClosed: false });
    socket.destroy();
  });

  it('are slow to send headers', async () => {
    const began = performance.now();
    const { socket, seen } = sendRaw('fault=slow delay=200');
    await until(() => seen.text.includes('200 OK'));
    expect(performance.now() - began).toBeGreaterThanOrEqual(195);
    socket.destroy();
  });

  it('are reset on their second request only', async () => {
    simulator.setFault({ fault: 'keepalive-reset' });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    expect(await getStatus(agent, 'gpt-4')).toBe(200);
    await expect(getStatus(agent, 'gpt-4')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await getStatus(agent, 'gpt-4')).toBe(200);
    agent.destroy();
  });

  async function getStatus(agent: http.Agent, model: string): Promise<number | undefined> {
    const headers = { authorization: 'Bearer key' };
    const request = http.request(`${simulator.url}/v1/chat/completions`, { method: 'POST', agent, headers });
    request.end(JSON.stringify(ask('Hello', model)));
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    await once(response.resume(), 'end');
    return response.statusCode;
  }
});

describe('a client that hangs up', () => {
  it('stops the work at once and is billed for what was sent', async () => {
    const stream = await openai.chat.completions.create({ ...ask('[[sim chunks=1000 gap=5]]'), stream: true });
    const iterator = stream[Symbol.asyncIterator]();
    for (let read = 0; read < 4; read++) await iterator.next();
    expect(simulator.stats().open).toBe(1);
    stream.controller.abort();
    await until(() => simulator.stats().aborted === 1);
    const { bill, chunks, open } = simulator.stats();
    expect(open).toBe(0);
    expect(bill).toEqual([expect.objectContaining({ completionTokens: chunks, finished: false })]);
    expect(chunks).toBeLessThan(1000);
  });

  it('that reads slowly is sent no more than it takes', async () => {
    const { socket } = connectPaused();
    await until(() => simulator.stats().chunks > 0);
    let seen = { chunks: -1, turns: 0 };
    await until(() => {
      const { chunks } = simulator.stats();
      seen = chunks === seen.chunks ? { chunks, turns: seen.turns + 1 } : { chunks, turns: 0 };
      return seen.turns === 200;
    });
    expect(simulator.stats()).toMatchObject({ open: 1, completed: 0 });
    socket.destroy();
    await until(() => simulator.stats().aborted === 1);
  });

  function connectPaused() {
    const body = JSON.stringify({ ...ask('[[sim chunks=5000000 gap=0]]'), stream: true });
    const socket = net.connect(simulator.port, '127.0.0.1').pause();
    const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: simulator\r\nAuthorization: Bearer key\r\n`;
    socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    return { socket };
  }
});
