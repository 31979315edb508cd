import { planRequests } from './clients/request-plan.js';
import { planGrants } from './clients/treasurer.js';
import { planNemesis } from './nemesis/nemesis-plan.js';
import { Random } from './random.js';

const REGIMES = ['ample', 'scarce'] as const;
const requestsOf = (seed: number) =>
  planRequests(new Random(seed, 'requests'), { seconds: 60, requestsPerSecond: 40, regimes: REGIMES });
const faultsOf = (seed: number) => planNemesis(new Random(seed, 'nemesis'), { seconds: 60, nodes: 3 });
const grantsOf = (seed: number) => planGrants(new Random(seed, 'grants'), 60, REGIMES);

describe('the plans of a chaos run', () => {
  it('are the same for the same seed, and others for another one', () => {
    for (const planOf of [requestsOf, faultsOf, grantsOf]) {
      expect(planOf(1)).toEqual(planOf(1));
      expect(planOf(1)).not.toEqual(planOf(2));
    }
  });

  it('hold more than ten kills a minute, the postmaster among them, and every other kind of fault', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const kinds = faultsOf(seed).map(({ fault }) => fault.kind);
      expect(kinds.filter((kind) => kind === 'kill').length).toBeGreaterThan(10);
      expect(kinds).toContain('kill-postmaster');
    }
    const all = new Set(
      Array.from({ length: 20 }, (_, seed) => faultsOf(seed)).flatMap((faults) =>
        faults.map(({ fault }) => fault.kind),
      ),
    );
    expect([...all].sort()).toEqual(['freeze', 'kill', 'kill-postmaster', 'kill-worker', 'link', 'terminate']);
  });

  it('have requests with ids and models of their own', () => {
    const requests = requestsOf(1);
    expect(requests).toHaveLength(2_400);
    expect(new Set(requests.map(({ id }) => id)).size).toBe(requests.length);
    expect(new Set(requests.map(({ model }) => model)).size).toBe(requests.length);
  });
});
