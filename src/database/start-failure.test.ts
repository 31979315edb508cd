import { explainStartFailure } from './start-failure.js';

const failure = (message: string, code?: string) => Object.assign(new Error(message), { code });

describe('explainStartFailure', () => {
  it.each([
    ['28P01', 'password authentication failed for user "u"', 'password'],
    ['28000', 'no pg_hba.conf entry for host "h"', 'pg_hba.conf'],
    ['3D000', 'database "d" does not exist', 'name'],
    ['42501', 'permission denied for schema public', 'right'],
    ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1', 'port'],
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND h', 'host'],
    [undefined, 'Connection terminated unexpectedly', 'TLS'],
  ])('says of %s what to check', (code, message, advice) => {
    const text = explainStartFailure(failure(message, code), true);
    expect(text).toContain(message);
    expect(text.slice(message.length)).toContain('DATABASE_URL');
    expect(text.slice(message.length)).toContain(advice);
  });

  it('finds the code among the addresses of a host', () => {
    const error = new AggregateError([failure('connect ECONNREFUSED ::1:1', 'ECONNREFUSED')]);
    expect(explainStartFailure(error, true)).toMatch(/^ECONNREFUSED \(.*DATABASE_URL/);
  });

  it('leaves other errors, and those of an embedded server, as they are', () => {
    expect(explainStartFailure(failure('port 1 is taken', 'EADDRINUSE'), true)).toBe('port 1 is taken');
    expect(explainStartFailure(failure('refused', 'ECONNREFUSED'), false)).toBe('refused');
    expect(explainStartFailure('text', true)).toBe('text');
  });
});
