import type { CircuitOrder, ProviderKind } from './circuit-order.js';

type Listener = (order: CircuitOrder) => void;

/** What operators said of circuits, as far as this process has heard of it. */
export class CircuitOrders {
  private readonly orders = new Map<string, CircuitOrder>();
  private readonly listeners: Listener[] = [];

  /** Takes orders in, in any order and as often as they come; each that is new is told to the listeners once. */
  learn(orders: readonly CircuitOrder[]): void {
    for (const order of [...orders].sort((a, b) => Number(a.revision - b.revision))) {
      const name = nameOf(order.kind, order.target);
      const known = this.orders.get(name);
      if (known && known.revision >= order.revision) continue;
      this.orders.set(name, order);
      for (const listener of this.listeners) listener(order);
    }
  }

  onNew(listener: Listener): void {
    this.listeners.push(listener);
  }

  /**
   * The order by which nobody is to ask an endpoint; undefined: there is none. The later one holds of what was said of
   * the endpoint itself and of its provider.
   * @param endpointId 'provider' or 'provider/deployment'
   */
  openedBy(kind: ProviderKind, endpointId: string): CircuitOrder | undefined {
    if (this.orders.size === 0) return undefined;
    const own = this.orders.get(nameOf(kind, endpointId));
    const slash = endpointId.indexOf('/');
    const whole = slash < 0 ? undefined : this.orders.get(nameOf(kind, endpointId.slice(0, slash)));
    const last = own && whole ? (own.revision > whole.revision ? own : whole) : (own ?? whole);
    return last?.action === 'open' ? last : undefined;
  }
}

/** Whether what was said of a provider or a deployment is about this endpoint. */
export function isAbout({ target }: Pick<CircuitOrder, 'target'>, endpointId: string): boolean {
  return endpointId === target || endpointId.startsWith(`${target}/`);
}

function nameOf(kind: ProviderKind, target: string): string {
  return `${kind} ${target}`;
}
