import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { ProviderError, type ProviderErrorKind } from '../providers/contract/provider-error.js';
import { CircuitOpenError, ProviderBreakers } from './provider-breakers.js';

const fault = (kind: ProviderErrorKind) => new ProviderError('openai', kind, 'x');

/** opossum has traps (docs/decisions/2026-11-22-breaker-without-timeout.md); each is a test here. */
describe('the circuit breaker of an endpoint', () => {
  let breakers: ProviderBreakers;
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    jest.useFakeTimers();
    breakers = new ProviderBreakers();
  });
  afterEach(() => {
    breakers.shutdown();
    jest.useRealTimers();
  });

  const succeed = () => breakers.run('openai', () => Promise.resolve('answer'));
  const fail = (kind: ProviderErrorKind, isProbe = false) =>
    breakers.run('openai', () => Promise.reject(fault(kind)), isProbe).catch((error: unknown) => error);
  const times = async (count: number, act: () => Promise<unknown>) => {
    for (let index = 0; index < count; index++) await act();
  };
  const state = () => breakers.stateOf('openai');
  const open = async () => {
    await times(8, () => fail('server_error'));
    expect(state()).toBe('open');
  };
  const halfOpen = async () => {
    await open();
    jest.advanceTimersByTime(30_000);
    expect(state()).toBe('half-open');
  };

  it('opens at the eighth call in 10 s, half of which failed', async () => {
    await times(7, () => fail('server_error'));
    expect(state()).toBe('closed');
    await fail('server_error');
    expect(state()).toBe('open');
    expect(await fail('server_error')).toBeInstanceOf(CircuitOpenError);
    expect(breakers.stateOf('claude')).toBe('closed');
  });

  it('stays closed where fewer than half of them failed, or they were too few', async () => {
    await times(20, succeed);
    await times(10, () => fail('timeout'));
    expect(state()).toBe('closed');
    jest.advanceTimersByTime(11_000);
    await times(7, () => fail('timeout'));
    expect(state()).toBe('closed');
  });

  it('never calls while it is open', async () => {
    await open();
    const action = jest.fn(() => Promise.resolve('answer'));
    await expect(breakers.run('openai', action)).rejects.toBeInstanceOf(CircuitOpenError);
    expect(action).not.toHaveBeenCalled();
  });

  it('lets one call probe after 30 s, not all that come', async () => {
    await halfOpen();
    let answer: ((value: string) => void) | undefined;
    const probe = breakers.run('openai', () => new Promise<string>((resolve) => (answer = resolve)));
    const others = await Promise.all([fail('timeout'), fail('timeout')]);
    expect(others.every((error) => error instanceof CircuitOpenError)).toBe(true);
    answer!('answer');
    await probe;
    expect(state()).toBe('closed');
  });

  it('leaves the calls alone that are under way when another one fails or it opens: each has its own deadline', async () => {
    let answer: ((value: string) => void) | undefined;
    const running = breakers.run('openai', () => new Promise<string>((resolve) => (answer = resolve)));
    await open();
    jest.advanceTimersByTime(120_000);
    answer!('answer');
    expect(await running).toBe('answer');
  });

  it('has no bound of its own on calls at once, whose refusals would count as failures', async () => {
    const answers = Array.from({ length: 2_000 }, succeed);
    expect(await Promise.all(answers)).toHaveLength(2_000);
    expect(state()).toBe('closed');
  });

  it('is told of answers that break off after they had counted as successes', async () => {
    await times(10, succeed);
    await fail('timeout');
    expect(state()).toBe('closed');
    // each of them is a success and a failure: together they are half, and opossum opens above that
    for (let index = 0; index < 10; index++) breakers.reportFailure('openai', fault('stream_broken'));
    await jest.advanceTimersByTimeAsync(1);
    expect(state()).toBe('open');
  });

  it.each(['bad_request', 'model_not_found', 'context_length_exceeded', 'content_filtered'] as const)(
    'takes a refusal of the request itself for a sign of life (%s)',
    async (kind) => {
      await times(50, () => fail(kind));
      expect(state()).toBe('closed');
      breakers.forget('openai');
      await halfOpen();
      await fail(kind);
      expect(state()).toBe('closed');
    },
  );

  it('neither opens for callers that hang up, nor closes for one that hangs up on the probe', async () => {
    await times(50, () => fail('aborted'));
    expect(state()).toBe('closed');
    breakers.forget('openai');
    await halfOpen();
    await fail('aborted');
    expect(state()).toBe('open');
  });

  it('lets a probe of the cooldowns through while it is open, and closes when that succeeds', async () => {
    await open();
    await fail('timeout', true);
    expect(state()).toBe('open');
    await breakers.run('openai', () => Promise.resolve('answer'), true);
    expect(state()).toBe('closed');
    await open();
    await fail('bad_request', true);
    expect(state()).toBe('closed');
  });
});
