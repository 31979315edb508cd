import { Module } from '@nestjs/common';
import { ProvidersModule } from '../providers/providers.module.js';
import { FallbackOrchestrator } from './fallback-orchestrator.js';
import { ProviderBreakers } from './provider-breakers.js';

/** Which provider answers, and what happens when one fails. */
@Module({
  imports: [ProvidersModule],
  providers: [FallbackOrchestrator, ProviderBreakers],
  exports: [FallbackOrchestrator],
})
export class OrchestratorModule {}
