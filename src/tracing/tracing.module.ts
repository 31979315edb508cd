import { Module, type DynamicModule } from '@nestjs/common';
import { BillingModule } from '../billing/billing.module.js';
import { CompletionsModule } from '../completions/completions.module.js';
import type { Environment } from '../config/environment.js';
import { OrchestratorModule } from '../orchestrator/orchestrator.module.js';

/** OpenTelemetry traces of requests, where a collector is configured; otherwise nothing. */
@Module({})
export class TracingModule {
  /** OpenTelemetry's SDK is loaded only where it is used: it is an eighth of all modules. */
  static async forRoot({ tracing }: Environment): Promise<DynamicModule> {
    if (!tracing) return { module: TracingModule };
    const { AnswerTraces } = await import('./answer-traces.js');
    const { Tracer, TRACING } = await import('./tracer.js');
    return {
      module: TracingModule,
      imports: [BillingModule, CompletionsModule, OrchestratorModule],
      providers: [{ provide: TRACING, useValue: tracing }, Tracer, AnswerTraces],
    };
  }
}
