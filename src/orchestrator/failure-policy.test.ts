import { ProviderError, type ProviderErrorKind } from '../providers/contract/provider-error.js';
import { judge } from './failure-policy.js';

const fail = (kind: ProviderErrorKind, options = {}) => new ProviderError('openai', kind, 'x', options);

describe('what follows from a failed attempt', () => {
  it('tries a 500 once more there, 100 to 300 ms later, then moves on', () => {
    const verdict = judge(fail('server_error', { status: 500 }), 1);
    expect(verdict.action).toBe('retry');
    expect((verdict as { pauseMs: number }).pauseMs).toBeGreaterThanOrEqual(100);
    expect((verdict as { pauseMs: number }).pauseMs).toBeLessThanOrEqual(300);
    expect(judge(fail('server_error', { status: 500 }), 2)).toEqual({ action: 'next' });
  });

  it('leaves an overloaded server alone at once', () => {
    expect(judge(fail('server_error', { status: 503 }), 1)).toEqual({ action: 'next' });
    expect(judge(fail('server_error', { status: 529 }), 1)).toEqual({ action: 'next' });
  });

  it('tries a reset on a reused connection once more, at once, on a new one', () => {
    expect(judge(fail('unreachable', { onReusedConnection: true }), 1)).toEqual({ action: 'retry', pauseMs: 0 });
    expect(judge(fail('unreachable', { onReusedConnection: true }), 2)).toEqual({ action: 'next' });
    expect(judge(fail('unreachable'), 1)).toEqual({ action: 'next' });
  });

  it.each([
    'rate_limited',
    'quota_exhausted',
    'unauthorized',
    'timeout',
    'stream_broken',
    'malformed_response',
    'model_not_found',
  ] as const)('moves on at once after %s', (kind) => expect(judge(fail(kind), 1)).toEqual({ action: 'next' }));

  it.each(['context_length_exceeded', 'content_filtered', 'bad_request', 'aborted'] as const)(
    'stops after %s',
    (kind) => expect(judge(fail(kind), 1)).toEqual({ action: 'stop' }),
  );
});
