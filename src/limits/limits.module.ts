import { Module } from '@nestjs/common';
import { ConnectionLimits } from './connection-limits.js';
import { ConnectionRates } from './connection-rates.js';
import { RateStore } from './rate-store.js';
import { RequestBodies } from './request-bodies.js';

/** How much of everything one connection and one user may use. */
@Module({
  providers: [ConnectionLimits, ConnectionRates, RateStore, RequestBodies],
  exports: [ConnectionLimits, ConnectionRates, RequestBodies],
})
export class LimitsModule {}
