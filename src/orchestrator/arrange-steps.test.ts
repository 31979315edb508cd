import type { TextProvider } from '../providers/contract/text-provider.js';
import { arrangeSteps, type ArrangementRules } from './arrange-steps.js';
import { LatencyAverages } from './latency-averages.js';
import type { RouteStep } from './route-plan.js';

const step = (endpointId: string, rank: number, weight = 1, model = 'm'): RouteStep => ({
  providerId: endpointId.split('/')[0]!,
  endpointId,
  strategy: {} as TextProvider, // nobody is asked
  weight,
  rank,
  model,
  capabilities: {} as RouteStep['capabilities'],
});
/** Random numbers that repeat. */
const seeded = () => {
  let state = 42;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
};
const rules = (given: Partial<ArrangementRules<RouteStep>>): ArrangementRules<RouteStep> => ({
  strategy: 'priority',
  weightOf: () => 1,
  latencyOf: () => undefined,
  costOf: () => 0,
  random: seeded(),
  ...given,
});
const ids = (steps: readonly RouteStep[]) => steps.map(({ endpointId }) => endpointId);
/** How often each is first in so many requests. */
function firsts(steps: readonly RouteStep[], by: ArrangementRules<RouteStep>, count = 2_000): Record<string, number> {
  const seen: Record<string, number> = {};
  for (let request = 0; request < count; request++) {
    const [first] = ids(arrangeSteps(steps, by));
    seen[first!] = (seen[first!] ?? 0) + 1;
  }
  return seen;
}

describe('the order of equals', () => {
  it('is the plan itself where nobody has an equal', () => {
    const steps = [step('a', 0), step('b', 1)];
    expect(arrangeSteps(steps, rules({ strategy: 'weighted' }))).toBe(steps);
  });

  it("shares requests among a provider's endpoints by their weights, and keeps them together", () => {
    const steps = [step('a/1', 0, 3), step('a/2', 0, 1), step('a/3', 0, 0), step('b', 0), step('c', 1)];
    const seen = firsts(steps, rules({}));
    expect(seen['a/1']! / seen['a/2']!).toBeGreaterThan(2.5);
    expect(seen['a/1']! / seen['a/2']!).toBeLessThan(3.6);
    expect(Object.keys(seen).sort()).toEqual(['a/1', 'a/2']);
    expect(ids(arrangeSteps(steps, rules({}))).slice(2)).toEqual(['a/3', 'b', 'c']);
  });

  it('is random by weights for the strategy that is called so, within a rank', () => {
    const weights: Record<string, number> = { a: 1, b: 4, d: 0 };
    const steps = [step('a', 0), step('b', 0), step('d', 0), step('z', 1)];
    const by = rules({ strategy: 'weighted', weightOf: (id) => weights[id]! });
    const seen = firsts(steps, by);
    expect(seen['b']! / seen['a']!).toBeGreaterThan(3.2);
    expect(seen['b']! / seen['a']!).toBeLessThan(5);
    expect(seen['d']).toBeUndefined();
    expect(ids(arrangeSteps(steps, by)).slice(2)).toEqual(['d', 'z']);
  });

  it('is by the price at the provider', () => {
    const cost: Record<string, number> = { a: 5, b: 1, c: 3 };
    const by = rules({ strategy: 'least-cost', costOf: ({ providerId }) => cost[providerId]! });
    expect(ids(arrangeSteps([step('a', 0), step('b', 0), step('c', 0)], by))).toEqual(['b', 'c', 'a']);
    expect(ids(arrangeSteps([step('a', 0), step('c', 0), step('b', 1)], by))).toEqual(['c', 'a', 'b']);
  });

  it('is by the time to first content, the unknown first, and once in a while another way round', () => {
    const latencies = new LatencyAverages();
    const steps = [step('slow', 0), step('quick', 0), step('spare', 0, 0)];
    const by = rules({ strategy: 'least-latency', latencyOf: (each) => latencies.of(each) });
    latencies.observe(steps[0]!, 800);
    const never = { ...by, random: () => 0.5 };
    expect(ids(arrangeSteps(steps, never))).toEqual(['quick', 'slow', 'spare']); // nothing is known of the quick one
    latencies.observe(steps[1]!, 200);
    expect(ids(arrangeSteps(steps, never))).toEqual(['quick', 'slow', 'spare']);
    const seen = firsts(steps, by);
    expect(seen['quick']).toBeGreaterThan(1_900 - 60);
    expect(seen['slow']).toBeGreaterThan(5);
  });
});

test('a mean follows what is observed, and is that of one model at one endpoint', () => {
  const latencies = new LatencyAverages();
  const here = { endpointId: 'a', model: 'm' };
  expect(latencies.of(here)).toBeUndefined();
  latencies.observe(here, 1_000);
  for (let call = 0; call < 20; call++) latencies.observe(here, 100);
  expect(latencies.of(here)).toBeGreaterThan(100);
  expect(latencies.of(here)).toBeLessThan(120);
  expect(latencies.of({ endpointId: 'a', model: 'other' })).toBeUndefined();
  expect(latencies.of({ endpointId: 'b', model: 'm' })).toBeUndefined();
});
