import { assertCapability, type Capability } from './capabilities.js';

describe('capabilities', () => {
  test('a missing capability is FORBIDDEN and named', () => {
    const capabilities = new Set<Capability>(['chat', 'embedding', 'video', 'usage']);
    const identity = { capabilities };
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
