import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { ProviderAdmission } from './admission/provider-admission.js';
import { FallbackOrchestrator } from './fallback-orchestrator.js';
import { ProviderBreakers } from './provider-breakers.js';
import { RouteAdmission } from './route-admission.js';

/** Which provider answers, and what happens when one fails. */
@Module({
  imports: [EventsModule, ProvidersModule],
  providers: [FallbackOrchestrator, ProviderAdmission, ProviderBreakers, RouteAdmission],
  exports: [FallbackOrchestrator],
})
export class OrchestratorModule {}
