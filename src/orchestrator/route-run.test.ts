import type { TextProvider } from '../providers/contract/text-provider.js';
import { Place } from './admission/place.js';
import type { OpeningFailure, RouteStep } from './route-plan.js';
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
const step = (providerId: string): RouteStep => ({
  providerId,
  endpointId: providerId,
  strategy: {} as TextProvider, // a run asks nobody
  weight: 1,
  rank: 0,
  model: 'm',
  capabilities: CAPABILITIES,
});
const anyPlace = () => new Place('user', 'id', 0, { waits: () => undefined, admitted: () => undefined });
const run = (...providerIds: string[]) => {
  return new RouteRun(providerIds.map(step), anyPlace(), true);
};
const names = (along: RouteRun) => along.remaining().map(({ providerId }) => providerId);
const opened = (providerId: string, onlyAfter: OpeningFailure): RouteStep => ({ ...step(providerId), onlyAfter });
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

  it('tries a step that is for one kind of refusal only after such a one', () => {
    const along = new RouteRun([step('a'), opened('b', 'model_not_found'), step('c')], anyPlace(), true);
    expect(names(along)).toEqual(['a', 'c']);
    along.open('model_not_found');
    along.advance();
    expect(names(along)).toEqual(['b', 'c']);
  });

  it('goes on with nothing but what is for the refusal of the request itself', () => {
    const along = new RouteRun(
      [step('a'), opened('x', 'content_filtered'), step('b'), opened('c', 'context_length_exceeded')],
      anyPlace(),
      true,
    );
    expect(along.divert('bad_request')).toBe(false);
    expect(names(along)).toEqual(['a', 'b']);
    expect(along.divert('context_length_exceeded')).toBe(true);
    expect(names(along)).toEqual(['c']);
    expect(along.divert('context_length_exceeded')).toBe(false);
    along.restart();
    expect(names(along)).toEqual(['c']);
  });

  it('brings all of a provider forward, in the order of its endpoints', () => {
    const endpoint = (endpointId: string): RouteStep => ({ ...step(endpointId.split('/')[0]!), endpointId });
    const along = new RouteRun(['a/1', 'b/1', 'a/2', 'b/2'].map(endpoint), anyPlace(), true);
    along.prefer('b');
    expect(along.remaining().map(({ endpointId }) => endpointId)).toEqual(['b/1', 'b/2', 'a/1', 'a/2']);
  });

  it('asks no provider more than three times, and counts no step that was passed over', () => {
    const along = run('a', 'b');
    for (let count = 0; count < 3; count++) along.log.add(called('a'));
    expect(along.remaining().map(({ providerId }) => providerId)).toEqual(['b']);
    along.skip(along.step()!, 'queue_full');
    expect(along.step()).toBeUndefined();
    expect(along.log.calls).toBe(3);
    expect(along.attempts.at(-1)).toEqual({ provider: 'b', model: 'm', outcome: 'queue_full', durationMs: 0 });
  });
});
