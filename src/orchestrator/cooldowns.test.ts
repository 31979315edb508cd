import { ProviderError } from '../providers/contract/provider-error.js';
import { Cooldowns } from './cooldowns.js';

describe('cooldowns', () => {
  let nowMs = 0;
  const limited = (retryAfterMs?: number) =>
    new ProviderError('openai', 'rate_limited', 'x', retryAfterMs === undefined ? {} : { retryAfterMs });
  beforeEach(() => (nowMs = 1_000_000));

  it('last as long as the provider asked', () => {
    const cooldowns = new Cooldowns(() => nowMs);
    cooldowns.failed('openai', limited(2_000));
    expect(cooldowns.remainingMs('openai')).toBe(2_000);
    expect(cooldowns.isRateLimited('openai')).toBe(true);
    expect(cooldowns.remainingMs('claude')).toBe(0);
    nowMs += 2_000;
    expect(cooldowns.remainingMs('openai')).toBe(0);
  });

  it('last about 5 s without a word from the provider, doubling to a minute', () => {
    const cooldowns = new Cooldowns(() => nowMs);
    const seen: number[] = [];
    for (let failure = 0; failure < 6; failure++) {
      cooldowns.failed('openai', limited());
      seen.push(Math.round(cooldowns.remainingMs('openai') / 1_000));
      nowMs += cooldowns.remainingMs('openai');
    }
    [5, 10, 20, 40, 60, 60].forEach((seconds, index) => {
      expect(seen[index]).toBeGreaterThanOrEqual(Math.floor(seconds * 0.9));
      expect(seen[index]).toBeLessThanOrEqual(seconds);
    });
  });

  it('count a burst of failures once, and begin anew after a success', () => {
    const cooldowns = new Cooldowns(() => nowMs);
    for (let failure = 0; failure < 50; failure++) cooldowns.failed('openai', limited());
    expect(cooldowns.remainingMs('openai')).toBeLessThanOrEqual(5_000);
    nowMs += 5_000;
    cooldowns.succeeded('openai');
    cooldowns.failed('openai', limited());
    expect(cooldowns.remainingMs('openai')).toBeLessThanOrEqual(5_000);
  });

  it('are no business of failures that are not about the key', () => {
    const cooldowns = new Cooldowns(() => nowMs);
    cooldowns.failed('openai', new ProviderError('openai', 'server_error', 'x', { status: 500 }));
    expect(cooldowns.remainingMs('openai')).toBe(0);
    cooldowns.failed('openai', new ProviderError('openai', 'unauthorized', 'x'));
    expect(cooldowns.remainingMs('openai')).toBeGreaterThan(0);
    expect(cooldowns.isRateLimited('openai')).toBe(false);
  });
});
