import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';
import type { CircuitOrder } from './circuit-order.js';

const COLUMNS = 'kind, target, action, revision, at, actor, reason';

/** Orders of circuits in the database, for nodes that missed the message of one. */
@Injectable()
export class CircuitOrderStore {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  /** The last one of each provider and deployment; there are as many as were ever spoken of. */
  all(): Promise<CircuitOrder[]> {
    return this.pool.query<CircuitOrder>('circuit_orders', `SELECT ${COLUMNS} FROM operations.circuit_order`);
  }

  async give({ kind, target, action, actor, reason }: Omit<CircuitOrder, 'revision' | 'at'>): Promise<CircuitOrder> {
    const [row] = await this.pool.query<CircuitOrder>(
      'circuit_order_give',
      `SELECT ${COLUMNS} FROM operations.give_circuit_order($1, $2, $3, $4, $5)`,
      [kind, target, action, actor, reason],
    );
    return row!;
  }
}
