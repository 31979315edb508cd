import { routeFailure } from './route-failure.js';
import type { AttemptRecord } from './attempt-log.js';

const records = (...outcomes: AttemptRecord['outcome'][]): AttemptRecord[] =>
  outcomes.map((outcome, index) => ({ provider: `p${index}`, model: 'm', outcome, durationMs: 1 }));
const prospects = { rateLimitMs: 20_000.5, queueMs: 700 };

describe('the end of a route', () => {
  it.each([
    [['rate_limited', 'cooling_down'], 'RATE_LIMIT_EXCEEDED', 20_001],
    [['queue_full'], 'QUEUE_OVERFLOW', 700],
    [['cooling_down', 'queue_full'], 'QUEUE_OVERFLOW', 700],
    [['model_not_found'], 'MODEL_NOT_FOUND', undefined],
    [['server_error', 'queue_full'], 'ALL_PROVIDERS_FAILED', 1_000],
    [[], 'ALL_PROVIDERS_FAILED', 1_000],
  ] as const)('of %j is %s, to be tried again after %s ms', (outcomes, code, retryAfterMs) => {
    const failure = routeFailure(records(...outcomes), prospects);
    expect(failure).toMatchObject({ code, retryAfterMs });
    expect(failure.details!['attempts']).toHaveLength(outcomes.length);
  });
});
