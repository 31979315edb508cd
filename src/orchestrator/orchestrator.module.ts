import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { ControlBusModule } from '../queue/control-bus.module.js';
import { ProviderAdmission } from './admission/provider-admission.js';
import { FallbackOrchestrator } from './fallback-orchestrator.js';
import { CircuitOrdersModule } from './orders/circuit-orders.module.js';
import { ProviderBreakers } from './provider-breakers.js';
import { RouteAdmission } from './route-admission.js';
import { RouteArranger } from './route-arranger.js';
import { SharedCooldowns } from './shared-cooldowns.js';

/** Which provider answers, and what happens when one fails. */
@Module({
  imports: [CircuitOrdersModule, ControlBusModule, EventsModule, ProvidersModule],
  providers: [
    FallbackOrchestrator,
    ProviderAdmission,
    ProviderBreakers,
    RouteAdmission,
    RouteArranger,
    SharedCooldowns,
  ],
  exports: [CircuitOrdersModule, FallbackOrchestrator, ProviderBreakers, RouteArranger],
})
export class OrchestratorModule {}
