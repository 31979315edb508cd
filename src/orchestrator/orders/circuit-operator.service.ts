import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RareWarning } from '../../common/logging/rare-warning.js';
import { orUnavailable } from '../../database/or-unavailable.js';
import { ControlBus } from '../../queue/control-bus.js';
import type { CircuitOrder } from './circuit-order.js';
import { CircuitOrderStore } from './circuit-order.store.js';
import { CircuitOrders } from './circuit-orders.js';

/** How long a node that missed the doorbell goes on as before, at most. */
const LOOK_EVERY_MS = 2_000;

/**
 * Operators' orders on every node: kept in the database, told by a doorbell, looked up again every 2 s. A node looks
 * before it serves anybody.
 */
@Injectable()
export class CircuitOperator implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(CircuitOperator.name);
  private readonly trouble = new RareWarning(this.logger);
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private isRungMeanwhile = false;
  private stopListening: (() => void) | undefined;

  constructor(
    @Inject(CircuitOrders) private readonly orders: CircuitOrders,
    @Inject(CircuitOrderStore) private readonly store: CircuitOrderStore,
    @Inject(ControlBus) private readonly bus: ControlBus,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.stopListening = this.bus.on('circuit-order', () => void this.look());
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
    await this.look();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.stopListening?.();
  }

  /** In force here when it resolves, and within moments everywhere. @throws GatewayError UNAVAILABLE */
  async give(order: Omit<CircuitOrder, 'revision' | 'at'>): Promise<CircuitOrder> {
    const given = await orUnavailable(this.store.give(order));
    this.learn([given]);
    this.bus.publish('circuit-order', { target: given.target });
    return given;
  }

  /** Never fails. One that is asked for while another is under way comes after it: that one may have read too early. */
  private look(): Promise<void> {
    if (this.looking) {
      this.isRungMeanwhile = true;
      return this.looking;
    }
    return (this.looking = this.store
      .all()
      .then((orders) => this.learn(orders))
      .catch((error: unknown) => this.trouble.warn(`Orders of circuits could not be read: ${(error as Error).message}`))
      .finally(() => {
        this.looking = undefined;
        if (!this.isRungMeanwhile) return;
        this.isRungMeanwhile = false;
        void this.look();
      }));
  }

  private learn(orders: readonly CircuitOrder[]): void {
    this.orders.learn(orders);
  }
}
