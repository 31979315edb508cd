import { readControlEnvelope } from './control-messages.js';

const stop = { topic: 'stream-stop', message: { accountId: 'user:alice', requestId: 'ws:1' } };
const event = { topic: 'user-event', message: { userId: 'alice', channel: 'account', event: 'x', data: { a: 1 } } };

describe('readControlEnvelope', () => {
  it('reads what this version sends', () => {
    const messages = [stop, event];
    expect(readControlEnvelope({ version: 1, from: 'me', messages })).toEqual({ from: 'me', messages });
  });

  it.each([
    null,
    'text',
    [],
    {},
    { version: 2, from: 'me', messages: [stop] },
    { version: 1, messages: [stop] },
    { version: 1, from: 'me', messages: stop },
  ])('finds nothing in %j', (data) => {
    expect(readControlEnvelope(data)).toEqual({ from: '', messages: [] });
  });

  it.each([
    null,
    { topic: 'unknown', message: {} },
    { topic: 'constructor', message: {} },
    { topic: 'stream-stop' },
    { topic: 'stream-stop', message: { accountId: 'user:alice' } },
    { topic: 'stream-stop', message: { accountId: 'user:alice', requestId: 1 } },
    { topic: 'user-event', message: { ...event.message, data: [] } },
  ])('leaves %j out', (message) => {
    expect(readControlEnvelope({ version: 1, from: 'me', messages: [message, stop] }).messages).toEqual([stop]);
  });
});
