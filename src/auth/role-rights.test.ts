import { roleSettings } from '../config/gateway-config/role-settings.js';
import type { WrittenRole } from '../config/gateway-config/written-config.js';
import { CAPABILITIES } from './capabilities.js';
import { rightsOf } from './role-rights.js';

const rights = (roles: string[], written: Record<string, WrittenRole> = {}) =>
  rightsOf(
    roles,
    roleSettings(written, (path, message) => {
      throw new Error(`${path.join('.')} ${message}`);
    }),
  );
const limits = (roles: string[], written: Record<string, WrittenRole>) =>
  JSON.parse(rights(roles, written).limits ?? '{}') as object;

describe('the capabilities of roles', () => {
  const all = ['chat', 'embedding', 'video', 'usage'];
  test.each([
    [['user'], all],
    [['service'], all],
    [['admin'], [...CAPABILITIES]],
    [['user', 'admin'], [...CAPABILITIES]],
    [['nobody', 'user'], all],
    [[], []],
    [['Admin'], []],
    [['__proto__'], []],
    [['constructor', 'toString', 'hasOwnProperty'], []],
    [[''], []],
    [['admin '], []],
  ])('%j give %j', (roles, expected) => {
    expect([...rights(roles).capabilities].sort()).toEqual([...expected].sort());
  });

  test('are what the file says, for roles of its own and for those that are built in', () => {
    const written: Record<string, WrittenRole> = { writer: { capabilities: ['chat'] }, user: { capabilities: [] } };
    expect([...rights(['writer'], written).capabilities]).toEqual(['chat']);
    expect(rights(['user'], written).capabilities.size).toBe(0);
    expect(rights(['admin'], written).capabilities.size).toBe(CAPABILITIES.length);
  });

  test('of a role of its own must be given', () => {
    expect(() => rights(['writer'], { writer: {} })).toThrow("roles.writer lacks 'capabilities'");
  });
});

describe('the models of roles', () => {
  test('are every one where nothing is said', () => {
    expect(rights(['user'])).toMatchObject({ isAnyModel: true });
    expect(rights(['user']).mayUse('chat', 'gpt-4')).toBe(true);
    expect(rights(['user']).mayUse('admin', 'gpt-4')).toBe(false);
  });

  test('are those of a list, for everything', () => {
    const { isAnyModel, mayUse } = rights(['user'], { user: { models: ['gpt-*', 'text-embedding-3-small'] } });
    expect(isAnyModel).toBe(false);
    expect(mayUse('chat', 'gpt-4')).toBe(true);
    expect(mayUse('chat', 'claude-sonnet-5')).toBe(false);
    expect(mayUse('video', 'sora-2')).toBe(false);
  });

  test('may be told by capability', () => {
    const { mayUse } = rights(['user'], { user: { models: { chat: ['gpt-4o*'] } } });
    expect(mayUse('chat', 'gpt-4')).toBe(false);
    expect(mayUse('video', 'sora-2')).toBe(true);
  });

  test('are those of the role that gives the capability', () => {
    const written: Record<string, WrittenRole> = {
      writer: { capabilities: ['chat'], models: ['gpt-*'] },
      filmer: { capabilities: ['video'] },
    };
    const { mayUse } = rights(['writer', 'filmer'], written);
    expect(mayUse('chat', 'claude-sonnet-5')).toBe(false);
    expect(mayUse('chat', 'gpt-4')).toBe(true);
    expect(mayUse('video', 'claude-sonnet-5')).toBe(true);
  });
});

describe('the limits of roles', () => {
  test('are none where none are given', () => {
    expect(rights(['user']).limits).toBeUndefined();
    expect(rights(['user'], { user: { limits: {} } }).limits).toBeUndefined();
  });

  test('are in micro-credits', () => {
    expect(limits(['user'], { user: { limits: { creditsPerDay: 0.1, videosPerDay: 3 } } })).toEqual({
      creditsPerDay: 100_000,
      videosPerDay: 3,
    });
  });

  test('are the most generous of several roles; a role without one lifts it, one that uses nothing does not', () => {
    const written: Record<string, WrittenRole> = {
      user: { limits: { requestsPerMinute: 10, videosPerDay: 1, concurrentStreams: 4 } },
      plus: { capabilities: ['chat'], limits: { requestsPerMinute: 60, concurrentStreams: 2 } },
      auditor: { capabilities: ['usage'] },
    };
    expect(limits(['user', 'plus', 'auditor'], written)).toEqual({ requestsPerMinute: 60, concurrentStreams: 4 });
  });
});
