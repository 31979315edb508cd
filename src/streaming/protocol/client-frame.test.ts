import 'reflect-metadata';
import { jest } from '@jest/globals';
import { readClientFrame, readFrameId, type ClientFrame } from './client-frame.js';

const chat = {
  id: 'one',
  type: 'chat',
  provider: 'auto',
  model: 'gpt-4',
  messages: [{ role: 'user', content: 'hello' }],
  stream: true,
};
const read = (body: unknown) => readClientFrame(JSON.stringify(body));

function requestOf(body: object): Extract<ClientFrame, { kind: 'request' }>['request'] {
  const frame = read(body);
  if (frame.kind !== 'request') throw new Error(`no request: ${JSON.stringify(frame)}`);
  return frame.request;
}

function faultsOf(body: unknown): { id: string; faults: string[] } {
  const frame = read(body);
  if (frame.kind !== 'invalid') throw new Error(`not invalid: ${JSON.stringify(frame)}`);
  const fields = frame.error.toBody().details!['fields'] as { message: string }[];
  return { id: frame.id, faults: fields.map(({ message }) => message) };
}

describe('a request', () => {
  test('of a chat has its defaults', () => {
    expect(read(chat)).toEqual({
      kind: 'request',
      id: 'one',
      lastSeq: 0,
      request: {
        id: 'one',
        type: 'chat',
        provider: 'auto',
        model: 'gpt-4',
        messages: chat.messages,
        inputs: [],
        hasSingleInput: false,
        isStreamed: true,
        isBackground: false,
        mayFallBack: true,
        mayClampToBalance: true,
        mayUseCache: false,
        options: {},
        fingerprint: expect.stringMatching(/^[\w-]{43}$/),
      },
    });
  });

  test('has what was asked for instead', () => {
    const wishes = { maxTokens: 5, temperature: 0, topP: 1, stop: 'x', fallback: false, clampToBalance: false };
    expect(read({ ...chat, ...wishes, stream: false, lastSeq: 3 })).toMatchObject({
      kind: 'request',
      lastSeq: 3,
      request: {
        maxTokens: 5,
        options: { temperature: 0, topP: 1, stop: ['x'] },
        mayFallBack: false,
        mayClampToBalance: false,
        isStreamed: false,
      },
    });
  });

  test("of a completion takes a prompt as a user's message, or messages", () => {
    const { messages, ...rest } = { ...chat, type: 'completion' };
    expect(requestOf({ ...rest, prompt: 'hello' }).messages).toEqual(messages);
    expect(requestOf({ ...rest, messages }).messages).toEqual(messages);
  });

  test('of an embedding takes one input or several, and never streams', () => {
    const { messages: _messages, ...rest } = { ...chat, type: 'embedding' };
    expect(requestOf({ ...rest, prompt: 'a' })).toMatchObject({
      messages: [],
      inputs: ['a'],
      hasSingleInput: true,
      isStreamed: false,
    });
    expect(requestOf({ ...rest, prompt: ['a', 'b'] })).toMatchObject({ inputs: ['a', 'b'], hasSingleInput: false });
  });

  test('names every field at fault, and answers to its id', () => {
    expect(faultsOf({ ...chat, stream: 'yes', maxTokens: 0 })).toEqual({
      id: 'one',
      faults: ['stream must be true or false', 'maxTokens must be a whole number from 1 to 1000000'],
    });
  });

  test('names unknown fields, and the one that each resembles', () => {
    expect(faultsOf({ ...chat, maxTokes: 5, backgroud: true, canceled: true }).faults).toEqual([
      'maxTokes is no field of this request (did you mean maxTokens?)',
      'backgroud is no field of this request (did you mean background?)',
      'canceled is no field of this request (did you mean cancel?)',
    ]);
  });

  test('takes null for absent in messages too', () => {
    const messages = [{ role: 'user', content: 'hello', name: null }];
    expect(requestOf({ ...chat, messages }).messages).toEqual(chat.messages);
    expect(faultsOf({ ...chat, messages: [{ role: 'user', content: null, name: null }] }).faults).toEqual([
      expect.stringMatching(/^messages\[0\]\.content must be a string/),
    ]);
  });

  test('names every message that is none', () => {
    const messages = [[{ role: 'user', content: 'x' }], ...chat.messages, 5, 'a', null];
    expect(faultsOf({ ...chat, messages }).faults).toEqual(
      [0, 2, 3, 4].map((index) => `messages[${index}] must be a message {role, content}`),
    );
    expect(faultsOf({ ...chat, messages: Array(30).fill(5) }).faults).toHaveLength(20);
  });

  test('does not look at the messages of a list that is too long', () => {
    const text = JSON.stringify({ ...chat, messages: Array(200_000).fill(5) });
    const start = performance.now();
    const frame = readClientFrame(text);
    const took = performance.now() - start;
    expect(frame).toMatchObject({ error: { message: 'messages must have at most 10000 messages.' } });
    expect(took).toBeLessThan(100);
  });

  test.each(['', ' a', 'a ', '\u00e9', 'x'.repeat(129), 5, null])('has no id where that is %j', (id) => {
    const { id: none, faults } = faultsOf({ ...chat, id });
    expect(none).toBe('');
    expect(faults).toEqual(['id must be a string of 1 to 128 printable ASCII characters']);
  });

  test.each(['a', 'a b', 'x'.repeat(128)])('may have the id %j', (id) => {
    expect(read({ ...chat, id })).toMatchObject({ kind: 'request', id });
  });
});

describe('the fingerprint of a request', () => {
  const fingerprint = requestOf(chat).fingerprint;

  test('knows neither id nor lastSeq nor the order of keys', () => {
    const { stream, messages, ...rest } = chat;
    const [{ role, content }] = messages as [{ role: string; content: string }];
    const same = { lastSeq: 7, messages: [{ content, role }], stream, ...rest, id: 'two' };
    expect(requestOf(same).fingerprint).toBe(fingerprint);
  });

  test.each(['prompt', 'maxTokens', 'temperature', 'topP', 'stop', 'fallback', 'clampToBalance', 'lastSeq'])(
    'is the same where %s is null as where it is absent',
    (field) => expect(requestOf({ ...chat, [field]: null }).fingerprint).toBe(fingerprint),
  );

  test('is the same where a field of a message is null as where it is absent', () => {
    const messages = [{ role: 'user', content: 'hello', name: null }];
    expect(requestOf({ ...chat, messages }).fingerprint).toBe(fingerprint);
  });

  test.each([
    { model: 'gpt-4o' },
    { provider: 'openai' },
    { stream: false },
    { temperature: 0 },
    { stop: ['x'] },
    { messages: [{ role: 'user', content: 'Hello' }] },
    { messages: [{ role: 'system', content: 'hello' }] },
  ])('differs for %j', (change) => {
    expect(requestOf({ ...chat, ...change }).fingerprint).not.toBe(fingerprint);
  });
});

describe('a resume', () => {
  test('is an id and a lastSeq without a body', () => {
    expect(read({ id: 'one', lastSeq: 3 })).toEqual({ kind: 'resume', id: 'one', lastSeq: 3 });
  });

  test('has a whole number, and nothing else', () => {
    expect(faultsOf({ id: 'one', lastSeq: -1, model: 'gpt-4' })).toEqual({
      id: 'one',
      faults: ['model does not go with a resume without type', 'lastSeq must be a whole number from 0 on'],
    });
  });
});

describe('a cancel', () => {
  test('is an id and cancel: true', () => {
    expect(read({ id: 'one', cancel: true })).toEqual({ kind: 'cancel', id: 'one' });
  });

  test('is nothing else', () => {
    expect(faultsOf({ id: '', cancel: 'yes', type: 'chat' })).toEqual({
      id: '',
      faults: [
        'id must be a string of 1 to 128 printable ASCII characters',
        'type does not go with a cancel',
        'cancel must be true',
      ],
    });
  });
});

test.each(['', '{', '[1]', 'null', '"text"', '5'])('%j is no frame', (text) => {
  const frame = readClientFrame(text);
  expect(frame).toMatchObject({ kind: 'invalid', id: '', isUnparsable: true });
});

test('a JSON object that is no good frame is not taken for another protocol', () => {
  expect(read({})).toMatchObject({ kind: 'invalid', id: '', isUnparsable: false });
});

test('keys that Object knows are unknown fields like others', () => {
  const text = JSON.stringify({ ...chat, constructor: 1 }).replace('{', '{"__proto__":{"isAdmin":true},');
  expect(readClientFrame(text)).toMatchObject({ kind: 'invalid', id: 'one' });
});

describe('the id of a frame that is not read otherwise', () => {
  test.each([
    ['{"id":"one","nonsense":true}', 'one'],
    ['{"id":" "}', ''],
    ['{"id":5}', ''],
    ['{"id":', ''],
    ['null', ''],
    [`{"id":"one","more":"${'x'.repeat(64 * 1024)}"}`, ''],
  ])('of %.40s is %j', (text, id) => expect(readFrameId(text)).toBe(id));
});

describe('a large frame', () => {
  const texts = (count: number) =>
    JSON.stringify({ ...chat, messages: [{ role: 'user', content: Array(count).fill('') }] });

  test('is not parsed where it has more members than any request', () => {
    const parse = jest.spyOn(JSON, 'parse');
    const frame = readClientFrame(texts(400_000));
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
    expect(frame).toMatchObject({ kind: 'invalid', isUnparsable: false });
  });

  test.each(['\\"', '\\', '"a":', ',', '[{'])('may consist of %j', (text) => {
    const messages = [{ role: 'user', content: text.repeat(1_000_000) }];
    expect(requestOf({ ...chat, messages }).messages).toEqual(messages);
  });
});

describe('a subscription', () => {
  test.each(['subscribe', 'unsubscribe'])('is a %s with its channel', (type) => {
    expect(read({ id: 'one', type, channel: 'videos' })).toEqual({ kind: type, id: 'one', channel: 'videos' });
  });

  test.each([
    ['{"id":"one","type":"subscribe","__proto__":{"channel":"account"}}'],
    ['{"id":"one","type":"subscribe","channel":"constructor"}'],
    ['{"id":"one","type":"subscribe","channel":["account"]}'],
    ['{"id":"one","type":["subscribe"],"channel":"account"}'],
  ])('is not %s', (text) => {
    expect(readClientFrame(text)).toMatchObject({ kind: 'invalid', id: 'one', isUnparsable: false });
  });
});
