import { refusalOf } from './refusal.js';

const body = (code: string, more: object = {}) => JSON.stringify({ error: { code, message: 'why', ...more } });

test.each([
  [401, 'UNAUTHORIZED', false],
  [403, 'FORBIDDEN', false],
  [429, 'RATE_LIMIT_EXCEEDED', true],
  [503, 'UNAVAILABLE', true],
])("a gateway's %d is told by its code", (status, code, retryable) => {
  const error = refusalOf(status, body(code, { retryAfterMs: 5 }));
  expect(error).toMatchObject({ code, message: 'why', retryable, retryAfterMs: 5 });
});

test.each([
  [401, 'UNAUTHORIZED', false],
  [404, 'PROTOCOL', false],
  [429, 'UNREACHABLE', true],
  [502, 'UNREACHABLE', true],
])('a %d of something else is told by its status', (status, code, retryable) => {
  for (const text of ['<html>', '', '{"error":"no"}', 'null'])
    expect(refusalOf(status, text, '2')).toMatchObject({ code, retryable, retryAfterMs: 2_000 });
});

test('a Retry-After that is a date, or none, is not waited for', () => {
  for (const header of ['Sun, 22 Nov 2026 09:00:00 GMT', '', null, undefined])
    expect(refusalOf(503, '', header).retryAfterMs).toBeUndefined();
});
