import { randomUUID } from 'node:crypto';
import { FallbackOrchestrator } from '../../src/orchestrator/fallback-orchestrator.js';
import type { TestApp, TestVariables } from './app.js';
import { eventually } from './eventually.js';
import { readLedger } from './ledger-audit.js';
import type { SocketClient } from './socket-client.js';

export const WITHOUT_RATE_LIMITS: TestVariables = { DEFAULT_PRICE_USD_PER_MTOK: '1,2', RATE_LIMITS: 'off' };

/** A request to the first provider alone, unless the fields say otherwise. */
export const chat = (model: string, fields: Record<string, unknown> = {}) => ({
  id: randomUUID(),
  type: 'chat',
  provider: 'openai',
  fallback: false,
  model,
  messages: [{ role: 'user', content: 'hello' }],
  stream: true,
  maxTokens: 100,
  ...fields,
});

export const EMBEDDING = {
  type: 'embedding',
  model: 'text-embedding-3-small',
  prompt: 'a text',
  messages: undefined,
  maxTokens: undefined,
  stream: false,
};

/** Requests at a provider, and those that wait for it. */
export function load(gateway: TestApp, providerId = 'openai'): [running: number, waiting: number] {
  const { running, waiting } = gateway.app
    .get(FallbackOrchestrator)
    .health()
    .find(({ id }) => id === providerId)!;
  return [running, waiting];
}

export const untilLoad = (gateway: TestApp, expected: [number, number], providerId?: string) =>
  eventually(() => expect(load(gateway, providerId)).toEqual(expected));

/** Ends all of them and waits for it. */
export async function cancelAll(client: SocketClient, requests: readonly { id: string }[]): Promise<void> {
  for (const { id } of requests) client.send({ id, cancel: true });
  await Promise.all(requests.map(({ id }) => client.terminal(id, 60_000)));
}

/** How long a slot is held, from how fast answers of a user who has all five come to their end. */
export async function serviceTimeMs(greedy: SocketClient, count: number): Promise<number> {
  const ended = () => greedy.received.filter(({ type }) => type === 'done').length;
  const [first, begunMs] = [ended(), performance.now()];
  await eventually(() => expect(ended()).toBeGreaterThanOrEqual(first + count));
  return ((performance.now() - begunMs) * 5) / count;
}

export async function expectCleanBooks(gateway: TestApp, ...users: string[]): Promise<void> {
  for (const user of users) {
    const { held, pendingHolds, faults } = await readLedger(gateway.databaseUrl, user);
    expect({ user, held, pendingHolds, faults }).toEqual({ user, held: 0n, pendingHolds: 0, faults: [] });
  }
}
