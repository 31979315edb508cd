import 'reflect-metadata';
import { jest } from '@jest/globals';
import { GatewayError } from '../common/errors/gateway-error.js';
import { SocketTraffic } from './socket-traffic.js';
import { StreamSession, type SessionTools } from './stream-session.js';

const MOST_REFUSED = 5_000;

describe('a session whose client sends more than its budget', () => {
  const close = jest.fn();
  const send = jest.fn<(frames: readonly string[]) => void>();
  let refusal: GatewayError | undefined;
  let session: StreamSession;

  beforeEach(() => {
    close.mockClear();
    send.mockClear();
    const tools = {
      limits: { refuseFrame: () => Promise.resolve(refusal) },
      traffic: new SocketTraffic(),
      reportFault: jest.fn(),
      noteRefusal: jest.fn(),
    };
    const identity = { userId: 'alice' } as StreamSession['identity'];
    session = new StreamSession(
      { send, close, openLane: jest.fn<never>() },
      identity,
      tools as unknown as SessionTools,
    );
  });

  async function sendRefused(count: number): Promise<void> {
    refusal = new GatewayError('RATE_LIMIT_EXCEEDED', 'Too many frames.');
    for (let sent = 0; sent < count; sent++) await session.receive('{"id":"a"}');
  }

  test('closes it when it goes on in spite of thousands of refusals in a row', async () => {
    await sendRefused(MOST_REFUSED - 1);
    expect(close).not.toHaveBeenCalled();
    await sendRefused(1);
    expect(close).toHaveBeenCalledWith(4429, 'too many frames');
  });

  test('begins to count again when a frame passes', async () => {
    await sendRefused(MOST_REFUSED - 1);
    refusal = undefined;
    await session.receive('{"id":"a"}');
    await sendRefused(MOST_REFUSED - 1);
    expect(close).not.toHaveBeenCalled();
    await sendRefused(1);
    expect(close).toHaveBeenCalledTimes(1);
  });

  test('is told of a refusal by the id of its frame, unless the frame is too large to look for one', async () => {
    await sendRefused(1);
    await session.receive(JSON.stringify({ id: 'b', messages: 'x'.repeat(64 * 1024) }));
    const answers = send.mock.calls.map(([[frame]]) => JSON.parse(frame!) as object);
    expect(answers).toMatchObject(['a', ''].map((id) => ({ id, error: { code: 'RATE_LIMIT_EXCEEDED' } })));
  });
});
