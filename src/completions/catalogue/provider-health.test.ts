import type { ProviderStanding } from '../../orchestrator/fallback-orchestrator.js';
import { providersHealth } from './provider-health.js';

const standing = (
  providerId: string,
  name: string,
  breaker: ProviderStanding['breaker'],
  cooldownMs: number,
): ProviderStanding => ({ id: `${providerId}/${name}`, providerId, breaker, cooldownMs, running: 0, waiting: 0 });

test('a provider stands as the best of its endpoints does', () => {
  expect(
    providersHealth([
      standing('a', '1', 'open', 0),
      standing('a', '2', 'closed', 1_200),
      standing('a', '3', 'half-open', 0),
      standing('b', '1', 'closed', 30_100),
      standing('b', '2', 'closed', 5_100),
      standing('c', '1', 'closed', 0),
    ]),
  ).toEqual([
    { id: 'a', isAvailable: true, breaker: 'half-open', cooldownMs: 0 },
    { id: 'b', isAvailable: false, breaker: 'closed', cooldownMs: 6_000 },
    { id: 'c', isAvailable: true, breaker: 'closed', cooldownMs: 0 },
  ]);
});
