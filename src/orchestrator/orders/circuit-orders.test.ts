import type { CircuitOrder } from './circuit-order.js';
import { CircuitOrders, isAbout } from './circuit-orders.js';

const order = (revision: number, target: string, action: CircuitOrder['action'], kind: CircuitOrder['kind'] = 'text') =>
  ({ kind, target, action, revision: BigInt(revision), at: new Date(0), actor: 'root', reason: null }) as const;

describe('orders of circuits', () => {
  let orders: CircuitOrders;
  beforeEach(() => (orders = new CircuitOrders()));
  const isOpened = (endpointId: string, kind: CircuitOrder['kind'] = 'text') =>
    orders.openedBy(kind, endpointId) !== undefined;

  it('open nothing where nothing was said', () => {
    expect(isOpened('openai')).toBe(false);
  });

  it('of a provider hold for each of its deployments, and for no other provider', () => {
    orders.learn([order(1, 'azure', 'open')]);
    expect(['azure', 'azure/eu', 'azure/us', 'azure2', 'openai'].map((id) => isOpened(id))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('of one kind of provider say nothing of the other', () => {
    orders.learn([order(1, 'runway', 'open', 'video')]);
    expect(isOpened('runway')).toBe(false);
    expect(isOpened('runway', 'video')).toBe(true);
  });

  it.each(['close', 'reset'] as const)('end by a later %s of the same', (action) => {
    orders.learn([order(1, 'openai', 'open')]);
    orders.learn([order(2, 'openai', action)]);
    expect(isOpened('openai')).toBe(false);
  });

  it('of a deployment and of its provider: the later one holds', () => {
    orders.learn([order(1, 'azure/eu', 'open'), order(2, 'azure', 'close')]);
    expect(isOpened('azure/eu')).toBe(false);
    orders.learn([order(3, 'azure', 'open'), order(4, 'azure/eu', 'close')]);
    expect([isOpened('azure/eu'), isOpened('azure/us')]).toEqual([false, true]);
  });

  it('come in any order and many times: each is told once, an older one never takes a newer one’s place', () => {
    const told: bigint[] = [];
    orders.onNew(({ revision }) => told.push(revision));
    orders.learn([order(3, 'claude', 'reset'), order(2, 'openai', 'open')]);
    orders.learn([order(1, 'openai', 'close'), order(2, 'openai', 'open'), order(3, 'claude', 'reset')]);
    expect(told).toEqual([2n, 3n]);
    expect(isOpened('openai')).toBe(true);
  });

  it.each([
    ['azure', 'azure', true],
    ['azure', 'azure/eu', true],
    ['azure/eu', 'azure', false],
    ['azure', 'azure-2', false],
  ])('of %s are about %s: %p', (target, endpointId, expected) => {
    expect(isAbout({ target }, endpointId)).toBe(expected);
  });
});
