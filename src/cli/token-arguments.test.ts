import { ArgumentsError } from './arguments-error.js';
import { parseTokenArguments } from './token-arguments.js';

describe('arguments of the token command', () => {
  test.each([
    [['--sub', 'alice'], { userId: 'alice', roles: ['user'], ttlSeconds: 3_600 }],
    [['--sub', 'alice', '--role', 'admin', '--ttl', '90s'], { userId: 'alice', roles: ['admin'], ttlSeconds: 90 }],
    [['--sub=a b', '--role=user,admin', '--ttl=15m'], { userId: 'a b', roles: ['user', 'admin'], ttlSeconds: 900 }],
    [
      ['--sub', 'a', '--role', 'user', '--role', 'x', '--ttl', '2d'],
      { userId: 'a', roles: ['user', 'x'], ttlSeconds: 172_800 },
    ],
  ])('%j are understood', (args, expected) => {
    expect(parseTokenArguments(args)).toEqual(expected);
  });

  test.each([
    [[], '--sub is missing'],
    [['--sub', ''], '--sub must be'],
    [['--sub', ' alice'], '--sub must be'],
    [['--sub', 'alice', '--role', ''], '--role is empty'],
    [['--sub', 'alice', '--ttl', '1'], "--ttl is '1'"],
    [['--sub', 'alice', '--ttl', '0h'], "--ttl is '0h'"],
    [['--sub', 'alice', '--ttl', '1.5h'], "--ttl is '1.5h'"],
    [['--sub', 'alice', '--rolle', 'admin'], "'--rolle'"],
    [['alice'], "'alice'"],
  ])('%j are refused', (args, text) => {
    expect(() => parseTokenArguments(args)).toThrow(ArgumentsError);
    expect(() => parseTokenArguments(args)).toThrow(text);
  });
});
