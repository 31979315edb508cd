import { Module } from '@nestjs/common';
import { ControlBusModule } from '../queue/control-bus.module.js';
import { UserEventHub } from './user-events.js';

/** What is pushed to a user's connections without having been asked for by a request. */
@Module({ imports: [ControlBusModule], providers: [UserEventHub], exports: [UserEventHub] })
export class EventsModule {}
