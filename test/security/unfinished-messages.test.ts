import { once } from 'node:events';
import type { Socket } from 'node:net';
import { RequestBodies } from '../../src/limits/request-bodies.js';
import { startTestApp, type TestApp, type TestVariables } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { connect, type SocketClient } from '../support/socket-client.js';

const KIB = 1024;
const MIB = 1024 * KIB;

let gateway: TestApp;
const sockets: SocketClient[] = [];
const start = async (variables: TestVariables = {}) => {
  gateway = await startTestApp({ MAX_FRAME_BYTES: `${MIB}`, REST_BODY_BYTES: `${4 * MIB}`, ...variables });
};
afterEach(async () => {
  await Promise.all(sockets.splice(0).map((socket) => socket.terminate()));
  await gateway.close();
});

const open = async (user: string): Promise<SocketClient> => {
  const socket = await connect(gateway.wsUrl, gateway.token(user));
  sockets.push(socket);
  return socket;
};
const counters = () => gateway.app.get(RequestBodies, { strict: false }).counters;
const transportOf = ({ socket }: SocketClient) => (socket as unknown as { _socket: Socket })._socket;
/** The beginning of a message, and nothing after it. */
const begin = ({ socket }: SocketClient, bytes: number) => socket.send('x'.repeat(bytes), { fin: false });
/** The header of a masked text frame that announces so much. */
const header = (bytes: number) => {
  const bytesOfHeader = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
  bytesOfHeader.writeUInt32BE(bytes, 6);
  return bytesOfHeader;
};
const serves = async (user: string) => {
  const socket = await open(user);
  expect((await socket.ask({ id: 'one', lastSeq: 0 })).error?.code).toBe('NOT_FOUND');
};
const refusalOf = async (socket: SocketClient) => {
  const { error } = await socket.terminal('');
  return { code: error?.code, retryAfterMs: error?.retryAfterMs, closedWith: (await socket.closed()).code };
};

describe('messages that have begun and never end', () => {
  it('of one user take a fourth of the room, on however many sockets, and the next one is closed', async () => {
    await start();
    const begun = await Promise.all(Array.from({ length: 4 }, () => open('mallory')));
    for (const socket of begun.slice(0, 3)) begin(socket, 300 * KIB);
    await eventually(() => expect(counters().bytes).toBeGreaterThanOrEqual(900 * KIB));
    begin(begun[3]!, 300 * KIB);
    expect(await refusalOf(begun[3]!)).toEqual({ code: 'LIMIT_EXCEEDED', retryAfterMs: 1_000, closedWith: 4429 });
    expect(counters().bytes).toBeLessThanOrEqual(MIB);
    await serves('mallory');
    begin(await open('alice'), 300 * KIB);
    await eventually(() => expect(counters().bodies).toBe(4));
    await Promise.all(sockets.splice(0).map((socket) => socket.terminate()));
    await eventually(() => expect(counters()).toEqual({ bytes: 0, bodies: 0 }));
  });

  it('of many users take what the node has for such, and the next one is closed as at an overloaded node', async () => {
    await start();
    for (let user = 0; user < 4; user++) begin(await open(`mallory-${user}`), 900 * KIB);
    await eventually(() => expect(counters().bytes).toBeGreaterThanOrEqual(4 * 900 * KIB));
    const late = await open('mallory-4');
    begin(late, 600 * KIB);
    expect(await refusalOf(late)).toEqual({ code: 'QUEUE_OVERFLOW', retryAfterMs: 1_000, closedWith: 1013 });
    await serves('alice');
  });

  it('in one frame, of which ever a little more comes, are given up in time, and no other socket is', async () => {
    await start({ REST_BODY_TIMEOUT_MS: '500' });
    const [dripping, fragmented, idle] = await Promise.all([open('mallory'), open('mallory'), open('mallory')]);
    transportOf(dripping).write(header(MIB));
    const drip = setInterval(() => transportOf(dripping).write('x'), 50);
    begin(fragmented, 10);
    const expected = { code: 'VALIDATION_ERROR', retryAfterMs: undefined, closedWith: 4408 };
    expect(await refusalOf(dripping)).toEqual(expected);
    clearInterval(drip);
    expect(await refusalOf(fragmented)).toEqual(expected);
    expect((await idle.ask({ id: 'one', lastSeq: 0 })).error?.code).toBe('NOT_FOUND');
    await eventually(() => expect(counters()).toEqual({ bytes: 0, bodies: 0 }));
  });

  it('are given back although the client reads no goodbye', async () => {
    await start({ REST_BODY_TIMEOUT_MS: '500' });
    const socket = await open('mallory');
    begin(socket, 100 * KIB);
    transportOf(socket).pause(); // reads nothing, answers nothing
    await eventually(() => expect(counters().bytes).toBeGreaterThan(100 * KIB));
    await eventually(() => expect(counters()).toEqual({ bytes: 0, bodies: 0 }));
    await serves('mallory');
  });

  it('count by their pieces as well, however little is in each', async () => {
    await start();
    const socket = await open('mallory');
    for (let piece = 0; piece < 6_000; piece++) socket.socket.send('x', { fin: false });
    expect(await refusalOf(socket)).toMatchObject({ code: 'LIMIT_EXCEEDED', closedWith: 4429 });
  });
});

describe('messages that do end', () => {
  it('are read whole, also in fragments and slowly, and leave nothing counted', async () => {
    await start();
    const socket = await open('alice');
    const request = { id: 'large', type: 'chat', provider: 'auto', model: 'gpt-4o', stream: true, maxTokens: 5 };
    const text = JSON.stringify({ ...request, messages: [{ role: 'user', content: 'word '.repeat(100_000) }] });
    for (let at = 0; at < text.length; at += 50 * KIB) {
      socket.socket.send(text.slice(at, at + 50 * KIB), { fin: at + 50 * KIB >= text.length });
      const answered = once(socket.socket, 'pong');
      socket.socket.ping();
      await answered;
    }
    expect((await socket.terminal('large', 30_000)).type).toBe('done');
    expect(counters()).toEqual({ bytes: 0, bodies: 0 });
  });
});
