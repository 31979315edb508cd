import { Module } from '@nestjs/common';
import { CompletionsModule } from '../completions/completions.module.js';
import { OrchestratorModule } from '../orchestrator/orchestrator.module.js';
import { AlertSampler } from './samples/alert-sampler.service.js';
import { RequestJudge } from './samples/request-judge.js';
import { SamplesStore } from './samples/samples.store.js';

/** What alerts are raised by is counted in every process. */
@Module({
  imports: [CompletionsModule, OrchestratorModule],
  providers: [AlertSampler, RequestJudge, SamplesStore],
  exports: [RequestJudge, SamplesStore],
})
export class AlertSamplerModule {}
