import { Module } from '@nestjs/common';
import { ControlBus } from './control-bus.js';

/** The doorbell between processes. */
@Module({ providers: [ControlBus], exports: [ControlBus] })
export class ControlBusModule {}
