import { quotaRefusal } from './quota-refusal.js';

describe('a limit that is told of', () => {
  it('is a rate where a minute changes it', () => {
    const { code, message, retryAfterMs, details } = quotaRefusal({
      ...{ limit: 'requestsPerMinute', allowed: 60, used: 60, retryAfterMs: 1_200 },
    });
    expect({ code, retryAfterMs, details }).toEqual({
      code: 'RATE_LIMIT_EXCEEDED',
      retryAfterMs: 1_200,
      details: { limit: 'requestsPerMinute', allowed: 60, used: 60 },
    });
    expect(message).toContain('60 requests a minute');
  });

  it('names credits as credits', () => {
    const quota = { limit: 'creditsPerDay', allowed: 2_500_000, used: 700_000, held: 1_000_000, asked: 1_500_000 };
    const { code, message, details } = quotaRefusal({ ...quota, retryAfterMs: 5 });
    expect(code).toBe('LIMIT_EXCEEDED');
    expect(message).toContain('2.5 credits a day (UTC)');
    expect(details).toEqual({ limit: 'creditsPerDay', allowed: 2.5, used: 0.7, held: 1, asked: 1.5 });
  });

  it.each([
    ['tokensPerMinute', 100, 'Your limit is 100 tokens a minute, and this request alone asks for 250'],
    ['creditsPerMonth', 0.0001, 'Your limit is 0.0001 credits a month (UTC), and this request alone asks for 0.00025'],
  ])('asks nobody to wait where no wait helps: %s', (limit, allowed, words) => {
    const { code, message, isRetryable, retryAfterMs, details } = quotaRefusal({
      ...{ limit, allowed: 100, used: 0, asked: 250 },
    });
    expect({ code, isRetryable, retryAfterMs }).toEqual({ code: 'FORBIDDEN', isRetryable: false });
    expect(message).toContain(words);
    expect(details).toEqual({ limit, allowed, asked: allowed * 2.5 });
  });
});
