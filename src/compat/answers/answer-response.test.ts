import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { BALANCE_PLACEHOLDER, CREDITS_PLACEHOLDER } from '../../billing/ledger/ledger-operations.js';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { chunkFrame, doneFrame, errorFrame } from '../../completions/answer-frames.js';
import { StreamMemory } from '../../completions/stream-memory.js';
import { parseEnvironment } from '../../config/environment.js';
import { ChatWire } from '../openai/chat-wire.js';
import { AnswerResponse } from './answer-response.js';
import { ResponseOutbox } from './response-outbox.js';

const ID = 'chatcmpl-1';
const ID_JSON = JSON.stringify(ID);
const USAGE = { usage: { inputTokens: 1, outputTokens: 1 }, usageSource: 'provider' as const };
const METADATA = { model: 'gpt-4.1', provider: 'openai', latency: 1, finishReason: 'stop', attempts: 1 };
const settled = (frame: string) => frame.replace(CREDITS_PLACEHOLDER, '1').replace(BALANCE_PLACEHOLDER, '2');
const FIRST = chunkFrame(ID_JSON, 1, { text: 'a' }, { model: 'gpt-4.1', providerId: 'openai' });
const SECOND = chunkFrame(ID_JSON, 2, { text: 'b' });
const DONE = settled(doneFrame(ID_JSON, 3, USAGE, METADATA));
const LOST = new GatewayError('UPSTREAM_LOST', 'It broke off.');
const error = (seq: number) => settled(errorFrame(ID_JSON, seq, LOST.toBody(), USAGE, METADATA));
const HEARTBEAT = ': still working\n\n';

describe('an answer as an HTTP response', () => {
  let server: Server;
  let url: string;
  let act: (shown: AnswerResponse, response: ServerResponse) => void;
  beforeAll(async () => {
    server = createServer((_request, response) => {
      const outbox = new ResponseOutbox(response, new StreamMemory(parseEnvironment({})));
      const refuse = (why: GatewayError) => void response.writeHead(why.httpStatus).end(why.code);
      act(new AnswerResponse(response, outbox, new ChatWire(ID, 'gpt-4.1', false), ID, refuse), response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function ask(what: typeof act) {
    act = what;
    const response = await fetch(url);
    return { status: response.status, text: await response.text() };
  }

  it('is written once for a batch, headers and all', async () => {
    let writes = 0;
    const { status, text } = await ask((shown, response) => {
      const write = response.write.bind(response) as (...args: unknown[]) => boolean;
      response.write = ((...args: unknown[]) => (writes++, write(...args))) as typeof response.write;
      shown.deliver([FIRST, SECOND, DONE]);
      shown.end();
    });
    expect([status, writes]).toEqual([200, 1]);
    expect(text.match(/data: /g)).toHaveLength(5);
  });

  it('may be long, and its characters of several bytes; a client of HTTP/1.0 gets it without chunks', async () => {
    const long = 'ü😀'.repeat(30_000);
    act = (shown) => {
      shown.deliver([FIRST]);
      shown.deliver([chunkFrame(ID_JSON, 2, { text: long })]);
      shown.deliver([chunkFrame(ID_JSON, 3, { text: long })]); // kept as bytes, as the one before it waits
      shown.deliver([DONE]);
      shown.end();
    };
    const text = await (await fetch(url)).text();
    expect(text.split(long)).toHaveLength(3);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end('GET / HTTP/1.0\r\n\r\n');
    const pieces: Buffer[] = [];
    for await (const piece of socket) pieces.push(piece as Buffer);
    const [, body] = Buffer.concat(pieces).toString().split('\r\n\r\n');
    expect(body).toBe(text.replace(/"created":\d+/g, /"created":\d+/.exec(body!)![0]));
  });

  it('is a plain error where nothing came before it', async () => {
    expect(await ask((shown) => shown.deliver([error(1)]))).toEqual({ status: 502, text: 'UPSTREAM_LOST' });
    expect(await ask((shown) => shown.fail(LOST))).toEqual({ status: 502, text: 'UPSTREAM_LOST' });
  });

  it('has the error as an event where something did, be it of the same batch', async () => {
    for (const batches of [[[FIRST, error(2)]], [[FIRST], [error(2)]]]) {
      const { status, text } = await ask((shown) => {
        for (const batch of batches) shown.deliver(batch);
        shown.end();
      });
      expect(status).toBe(200);
      expect(text).toContain('"content":"a"');
      expect(text.trim().split('\n\n').at(-1)).toContain('"upstream_lost"');
    }
  });

  it('is kept open while the model thinks: silently at first, so that an error may still be a plain one', async () => {
    const { text } = await ask((shown, response) => {
      shown.beat(true);
      shown.beat(true);
      expect(response.headersSent).toBe(false);
      shown.beat(true);
      expect(response.headersSent).toBe(true);
      shown.deliver([FIRST]);
      shown.beat(true); // something came since the last one
      shown.beat(true);
      shown.deliver([DONE]);
      shown.end();
      shown.beat(true);
    });
    expect(text.startsWith(HEARTBEAT)).toBe(true);
    expect(text.split(HEARTBEAT)).toHaveLength(3);
  });

  it('that comes whole has no heartbeat', async () => {
    const { status } = await ask((shown) => {
      for (let beat = 0; beat < 10; beat++) shown.beat(false);
      shown.deliver([error(1)]);
    });
    expect(status).toBe(502);
  });
});
