import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { CompletionsModule } from '../completions/completions.module.js';
import { IntakeHealth } from '../completions/intake-health.js';
import { ConfigurationHealth } from '../config/gateway-config/configuration-health.js';
import { DatabaseHealth } from '../database/database-health.js';
import { OrchestratorModule } from '../orchestrator/orchestrator.module.js';
import { ProvidersHealth } from '../orchestrator/providers-health.js';
import { VideoPunctuality } from '../video/punctuality/video-punctuality.service.js';
import { VideosHealth } from '../video/punctuality/videos-health.js';
import { HealthController } from './health.controller.js';

/** Health, put together from what each room says of itself. */
@Module({
  imports: [CompletionsModule, OrchestratorModule, TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [ConfigurationHealth, DatabaseHealth, IntakeHealth, ProvidersHealth, VideoPunctuality, VideosHealth],
})
export class HealthModule {}
