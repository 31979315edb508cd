import { Inject, Injectable } from '@nestjs/common';
import { SpanStatusCode, trace, type Context } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import { AnswerReports } from '../completions/answer-report.js';
import { FallbackOrchestrator } from '../orchestrator/fallback-orchestrator.js';
import type { ProviderCall } from '../orchestrator/provider-call.js';
import type { RouteRun } from '../orchestrator/route-run.js';
import { answerSpans, refusalSpan } from './answer-spans.js';
import { parentContext } from './parent-context.js';
import type { SpanPlan } from './span-plan.js';
import { Tracer } from './tracer.js';

/**
 * One trace for each request, made once it is over, of the times that were noted on its way: so nothing is carried along
 * while it runs, and nothing is there at all where nobody takes traces.
 */
@Injectable()
export class AnswerTraces {
  private readonly callsOf = new WeakMap<RouteRun, ProviderCall[]>();

  constructor(
    @Inject(AnswerReports) reports: AnswerReports,
    @Inject(FallbackOrchestrator) orchestrator: FallbackOrchestrator,
    @Inject(Tracer) private readonly tracer: Tracer,
  ) {
    orchestrator.calls.add((call) => this.note(call));
    reports.add((report) => {
      const calls = this.callsOf.get(report.run) ?? [];
      this.emit(answerSpans(report, calls), parentContext(report.job.request.traceParent));
    });
    reports.refusals.add((refusal) => this.emit(refusalSpan(refusal), parentContext(refusal.request.traceParent)));
  }

  private note(call: ProviderCall): void {
    const calls = this.callsOf.get(call.run);
    if (calls) calls.push(call);
    else this.callsOf.set(call.run, [call]);
  }

  private emit({ name, kind, attributes, error, ...plan }: SpanPlan, context: Context): void {
    const span = this.tracer.startSpan(name, { kind, attributes, startTime: epochMs(plan.beganAtMs) }, context);
    for (const event of plan.events) span.addEvent(event.name, epochMs(event.atMs));
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute(ATTR_ERROR_TYPE, error);
    const inner = trace.setSpan(context, span);
    for (const child of plan.children) this.emit(child, inner);
    span.end(epochMs(plan.endedAtMs));
  }
}

/** The monotonic clock alone, so that nothing ends before it began; its origin is the wall clock's. */
function epochMs(nowMs: number): number {
  return performance.timeOrigin + nowMs;
}
