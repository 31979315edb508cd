import { Module } from '@nestjs/common';
import { ControlBus } from './control-bus.js';
import { ControlRelay } from './control-relay.js';
import { QueueSchemaModule } from './queue-schema.module.js';

/** The doorbell between processes. */
@Module({ imports: [QueueSchemaModule], providers: [ControlBus, ControlRelay], exports: [ControlBus] })
export class ControlBusModule {}
