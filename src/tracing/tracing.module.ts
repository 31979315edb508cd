import { Module, type DynamicModule } from '@nestjs/common';
import { BillingModule } from '../billing/billing.module.js';
import { CompletionsModule } from '../completions/completions.module.js';
import type { Environment } from '../config/environment.js';
import { OrchestratorModule } from '../orchestrator/orchestrator.module.js';
import { AnswerTraces } from './answer-traces.js';
import { Tracer, TRACING } from './tracer.js';

/** OpenTelemetry traces of requests, where a collector is configured; otherwise nothing. */
@Module({})
export class TracingModule {
  static forRoot({ tracing }: Environment): DynamicModule {
    if (!tracing) return { module: TracingModule };
    return {
      module: TracingModule,
      imports: [BillingModule, CompletionsModule, OrchestratorModule],
      providers: [{ provide: TRACING, useValue: tracing }, Tracer, AnswerTraces],
    };
  }
}
