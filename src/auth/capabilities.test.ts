import { assertCapability, capabilitiesOf, CAPABILITIES } from './capabilities.js';

describe('capabilities', () => {
  test.each([
    [['user'], ['chat', 'embedding', 'video', 'usage']],
    [['service'], ['chat', 'embedding', 'video', 'usage']],
    [['admin'], [...CAPABILITIES]],
    [['user', 'admin'], [...CAPABILITIES]],
    [
      ['nobody', 'user'],
      ['chat', 'embedding', 'video', 'usage'],
    ],
  ])('roles %j give %j', (roles, expected) => {
    expect([...capabilitiesOf(roles)].sort()).toEqual([...expected].sort());
  });

  test.each([
    [[]],
    [['Admin']],
    [['__proto__']],
    [['constructor', 'toString', 'hasOwnProperty']],
    [['']],
    [['admin ']],
  ])('roles %j give nothing', (roles) => {
    expect(capabilitiesOf(roles).size).toBe(0);
  });

  test('another table of roles can be given', () => {
    expect([...capabilitiesOf(['writer'], new Map([['writer', ['chat'] as const]]))]).toEqual(['chat']);
  });

  test('a missing capability is FORBIDDEN and named', () => {
    const identity = { capabilities: capabilitiesOf(['user']) };
    expect(() => assertCapability(identity, 'chat')).not.toThrow();
    expect(() => assertCapability(identity, 'admin')).toThrow(
      expect.objectContaining({
        code: 'FORBIDDEN',
        message: expect.stringContaining("'admin'"),
        details: { needed: 'admin', capabilities: ['chat', 'embedding', 'video', 'usage'] },
      }),
    );
  });
});
