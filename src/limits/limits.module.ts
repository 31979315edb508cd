import { Module } from '@nestjs/common';
import { ConnectionLimits } from './connection-limits.js';
import { RequestBodies } from './request-bodies.js';

/** How much of everything one connection and one user may use. */
@Module({ providers: [ConnectionLimits, RequestBodies], exports: [ConnectionLimits, RequestBodies] })
export class LimitsModule {}
