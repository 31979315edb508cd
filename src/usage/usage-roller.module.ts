import { Module } from '@nestjs/common';
import { UsageRoller } from './usage-roller.js';

/** Counts usage in the background, in the processes that run jobs. */
@Module({ providers: [UsageRoller] })
export class UsageRollerModule {}
