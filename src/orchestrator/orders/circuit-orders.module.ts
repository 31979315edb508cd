import { Module } from '@nestjs/common';
import { ControlBusModule } from '../../queue/control-bus.module.js';
import { CircuitOperator } from './circuit-operator.service.js';
import { CircuitOrderStore } from './circuit-order.store.js';
import { CircuitOrders } from './circuit-orders.js';

/** What operators said of providers' circuits, for whoever is about to ask one. */
@Module({
  imports: [ControlBusModule],
  providers: [CircuitOperator, CircuitOrders, CircuitOrderStore],
  exports: [CircuitOperator, CircuitOrders],
})
export class CircuitOrdersModule {}
