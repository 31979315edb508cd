import { Module } from '@nestjs/common';
import { ConnectionLimits } from './connection-limits.js';

/** How much of everything one connection and one user may use. */
@Module({ providers: [ConnectionLimits], exports: [ConnectionLimits] })
export class LimitsModule {}
