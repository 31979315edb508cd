import { McpError } from './mcp-error.js';
import { TokenSource, userOf } from './token-source.js';

test('a token is kept until it is refused, then asked for anew with the reason', async () => {
  const reasons: string[] = [];
  const tokens = new TokenSource(({ reason }) => `${reason} ${reasons.push(reason)}`);
  expect(await Promise.all([tokens.get(), tokens.get()])).toEqual(['first 1', 'first 1']);
  expect(tokens.refuse()).toBe(true);
  expect(await tokens.get()).toBe('expired 2');
});

test('there is no other token than a fixed one', async () => {
  const tokens = new TokenSource('t');
  expect(await tokens.get()).toBe('t');
  expect(tokens.refuse()).toBe(false);
});

test('a token that could not be had is asked for again, unless the application says that there is none', async () => {
  const outcomes = [new Error('offline'), new McpError('UNAUTHORIZED', 'logged out'), 't'];
  const tokens = new TokenSource(() => {
    const outcome = outcomes.shift()!;
    if (typeof outcome !== 'string') throw outcome;
    return outcome;
  });
  await expect(tokens.get()).rejects.toMatchObject({ code: 'UNREACHABLE', retryable: true });
  await expect(tokens.get()).rejects.toMatchObject({ code: 'UNAUTHORIZED', retryable: false });
  expect(await tokens.get()).toBe('t');
});

test('a JWT says whose it is; anything else does not', () => {
  const jwt = (payload: string) => `h.${Buffer.from(payload).toString('base64url')}.s`;
  expect(userOf(jwt('{"sub":"ann>?"}'))).toBe('ann>?');
  for (const token of ['', 'x', 'a.b.c', jwt('{}'), jwt('null'), jwt('{"sub":1}')])
    expect(userOf(token)).toBeUndefined();
});
