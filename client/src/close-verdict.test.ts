import { judgeClose } from './close-verdict.js';

test.each([1001, 4401])('%d asks for a new connection at once', (code) => {
  expect(judgeClose(code, '')).toMatchObject({ kind: 'reconnect', atOnce: true, needsToken: code === 4401 });
});

test.each([1000, 1006, 1011, 1013, 4408, 4413, 4429, 4999])('%d asks for a new connection after a pause', (code) => {
  expect(judgeClose(code, '')).toEqual({ kind: 'reconnect', atOnce: false, needsToken: false });
});

test.each([
  [4400, 'PROTOCOL'],
  [4403, 'FORBIDDEN'],
])('%d is the end, with %s', (code, expected) => {
  expect(judgeClose(code, 'why')).toMatchObject({ kind: 'fatal', error: { code: expected } });
});

test('1009 is about one request', () => {
  expect(judgeClose(1009, '')).toMatchObject({ kind: 'too-large', error: { code: 'PAYLOAD_TOO_LARGE' } });
});
