import { Place } from './admission/place.js';
import type { RouteStep } from './route-plan.js';
import { RouteRun } from './route-run.js';

const CAPABILITIES = {
  isNative: true,
  embeddings: false,
  maxOutputTokens: 1,
  hiddenReasoning: false,
  tools: false,
  images: false,
  structuredOutput: false,
  logprobs: false,
  prefill: false,
};
const step = (providerId: string): RouteStep => ({ providerId, model: 'm', capabilities: CAPABILITIES });
const run = (...providerIds: string[]) => {
  const place = new Place('user', 'id', 0, { waits: () => undefined, admitted: () => undefined });
  return new RouteRun(providerIds.map(step), place, true);
};
const called = (provider: string) => ({ provider, model: 'm', outcome: 'server_error' as const, durationMs: 1 });

describe('a run along a route', () => {
  it('brings a preferred step forward and keeps the others behind it, in their order', () => {
    const along = run('a', 'b', 'c');
    along.prefer('c');
    expect(along.remaining().map(({ providerId }) => providerId)).toEqual(['c', 'a', 'b']);
    along.advance();
    expect(along.step()?.providerId).toBe('a');
    along.prefer('a');
    expect(along.remaining().map(({ providerId }) => providerId)).toEqual(['a', 'b']);
  });

  it('does not go back to a step that is behind it', () => {
    const along = run('a', 'b');
    along.advance();
    along.prefer('a');
    expect(along.step()?.providerId).toBe('b');
  });

  it('asks no provider more than three times, and counts no step that was passed over', () => {
    const along = run('a', 'b');
    for (let count = 0; count < 3; count++) along.record(called('a'));
    expect(along.remaining().map(({ providerId }) => providerId)).toEqual(['b']);
    along.skip(along.step()!, 'queue_full');
    expect(along.step()).toBeUndefined();
    expect(along.attemptCount).toBe(3);
    expect(along.attempts.at(-1)).toEqual({ provider: 'b', model: 'm', outcome: 'queue_full', durationMs: 0 });
  });
});
