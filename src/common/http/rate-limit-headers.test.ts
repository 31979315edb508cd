import { rateLimitHeaders, refusalHeaders } from './rate-limit-headers.js';

describe('the headers of rate limits', () => {
  it('name each limit with its quota, what is left of it and for how long', () => {
    const requests = { limit: 60, remaining: 59 };
    expect(rateLimitHeaders({ requests, tokens: { limit: 1_000, remaining: 10 }, resetMs: 41_200 })).toEqual({
      'RateLimit-Policy': '"requests";q=60;w=60, "tokens";q=1000;qu="tokens";w=60',
      RateLimit: '"requests";r=59;t=42, "tokens";r=10;t=42',
    });
  });

  it('are none where nothing is limited', () => {
    expect(rateLimitHeaders({ resetMs: 5 })).toEqual({});
  });

  it('say what a refusal says', () => {
    const details = { limit: 'requestsPerMinute', allowed: 60, used: 60 };
    expect(refusalHeaders({ details, retryAfterMs: 1_001 })).toEqual({
      'RateLimit-Policy': '"requests";q=60;w=60',
      RateLimit: '"requests";r=0;t=2',
    });
  });

  it.each([
    undefined,
    {},
    { limit: 'creditsPerDay', allowed: 1, used: 1 },
    { limit: 'constructor', allowed: 1, used: 1 },
    { limit: 'requestsPerMinute' },
  ])('are none of another refusal: %j', (details) => {
    expect(refusalHeaders({ details })).toEqual({});
  });
});
