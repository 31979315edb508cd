import { ForcedFaults, readForcedFault, readScope } from './forced-faults.js';

const openai = { wire: 'openai', model: 'gpt-4', isOnReusedConnection: false } as const;
const anthropic = { wire: 'anthropic', model: 'claude', isOnReusedConnection: false } as const;

describe('ForcedFaults', () => {
  it('strikes as often as it was told, then never again', () => {
    const faults = new ForcedFaults();
    faults.set({ fault: '500', count: 2 });
    expect([1, 2, 3].map(() => faults.take(openai)?.fault)).toEqual(['500', '500', undefined]);
  });

  it('strikes in its scope only', () => {
    const faults = new ForcedFaults();
    faults.set({ fault: '500', wire: 'openai' });
    faults.set({ fault: 'cut', model: 'claude' });
    expect(faults.take(openai)?.fault).toBe('500');
    expect(faults.take(anthropic)?.fault).toBe('cut');
    expect(faults.take({ ...anthropic, model: 'other' })).toBeUndefined();
  });

  it('replaces and lifts the fault of the same scope only', () => {
    const faults = new ForcedFaults();
    faults.set({ fault: '429' });
    faults.set({ fault: '500', wire: 'openai' });
    faults.set({ fault: '503', wire: 'openai' });
    expect(faults.take(openai)?.fault).toBe('503');
    faults.clear({ wire: 'openai' });
    expect(faults.take(openai)?.fault).toBe('429');
    faults.clearAll();
    expect(faults.take(openai)).toBeUndefined();
  });

  it('passes new connections by, uncounted, where the fault is one of reused ones', () => {
    const faults = new ForcedFaults();
    faults.set({ fault: 'keepalive-reset', count: 1 });
    expect(faults.take(openai)).toBeUndefined();
    expect(faults.take({ ...openai, isOnReusedConnection: true })?.fault).toBe('keepalive-reset');
    expect(faults.take({ ...openai, isOnReusedConnection: true })).toBeUndefined();
  });
});

describe('readForcedFault', () => {
  it('reads all that a fault can have', () => {
    const fault = { fault: '429', retryAfterSeconds: 2, retryAfterMs: 1500, count: 3, wire: 'openai', model: 'gpt-4' };
    expect(readForcedFault(fault)).toEqual(fault);
  });

  it.each([
    [{}, 'unknown fault'],
    [{ fault: 'explode' }, 'Known faults: 429, '],
    [{ fault: 500 }, "did you mean '500'"],
    [{ fault: '500', times: 2 }, "unknown field 'times'"],
    [{ fault: '500', count: 0 }, 'count: allowed: a whole number from 1'],
    [{ fault: '500', count: '2' }, 'count: allowed: a whole number from 1'],
    [{ fault: '500', wire: 'gopher' }, 'wire: allowed: openai, anthropic'],
    [{ fault: '500', model: 4 }, 'model: allowed: a name'],
    [{ fault: '500', delayMs: 4 }, 'takes no option delayMs'],
    [{ fault: 'slow', delayMs: 1.5 }, 'delayMs: allowed'],
  ])('refuses %j', (body, reason) => {
    expect(() => readForcedFault(body)).toThrow(reason);
  });

  it('reads a scope alone', () => {
    expect(readScope({ wire: 'openai' })).toEqual({ wire: 'openai' });
    expect(readScope({})).toEqual({});
  });
});
