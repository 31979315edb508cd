import { Inject, Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { AnswerReports, type AnswerReport } from '../completions/answer-report.js';
import { FallbackOrchestrator, type ProviderStanding } from '../orchestrator/fallback-orchestrator.js';
import { ProviderBreakers } from '../orchestrator/provider-breakers.js';
import type { ProviderCall } from '../orchestrator/provider-call.js';
import { DURATION_SECONDS, FIRST_CHUNK_SECONDS } from './buckets.js';
import { GEN_AI_LABELS, genAiLabels, type GenAiLabel } from './gen-ai-labels.js';
import { MetricsRegistry } from './metrics-registry.js';
import { ModelNames } from './model-names.js';
import { gauge } from './samples.js';

const BREAKER_STATES: readonly ProviderStanding['breaker'][] = ['closed', 'half-open', 'open'];

/** Providers as this process meets them: every call, and how they stand. */
@Injectable()
export class ProviderMetrics {
  private readonly calls: Counter<'provider' | 'endpoint' | 'operation' | 'outcome'>;
  private readonly durations: Histogram<GenAiLabel>;
  private readonly firstChunks: Histogram<GenAiLabel>;
  private readonly failovers: Counter<'from' | 'to'>;
  private readonly rescues: Counter<'way'>;
  private readonly skips: Counter<'provider' | 'reason'>;

  constructor(
    @Inject(MetricsRegistry) registry: MetricsRegistry,
    @Inject(FallbackOrchestrator) orchestrator: FallbackOrchestrator,
    @Inject(ProviderBreakers) breakers: ProviderBreakers,
    @Inject(AnswerReports) reports: AnswerReports,
    @Inject(ModelNames) private readonly models: ModelNames,
  ) {
    const registers = [registry];
    this.calls = new Counter({
      name: 'mcp_provider_calls_total',
      help: 'Calls of providers that are over: answered, or why they failed; aborted: we hung up.',
      labelNames: ['provider', 'endpoint', 'operation', 'outcome'],
      registers,
    });
    this.durations = new Histogram({
      name: 'gen_ai_client_operation_duration_seconds',
      help: 'A call of a provider, to the end of what it answered.',
      labelNames: GEN_AI_LABELS,
      buckets: DURATION_SECONDS,
      registers,
    });
    this.firstChunks = new Histogram({
      name: 'gen_ai_client_operation_time_to_first_chunk_seconds',
      help: 'From the call of a provider to its first content; a vector counts as its own.',
      labelNames: GEN_AI_LABELS,
      buckets: FIRST_CHUNK_SECONDS,
      registers,
    });
    this.failovers = new Counter({
      name: 'mcp_failovers_total',
      help: 'Answers that came from another provider than the first on their route, which failed or was passed over.',
      labelNames: ['from', 'to'],
      registers,
    });
    this.rescues = new Counter({
      name: 'mcp_rescues_total',
      help: 'Answers that broke off after some of them was shown, by how they went on; none: they ended with an error.',
      labelNames: ['way'],
      registers,
    });
    this.skips = new Counter({
      name: 'mcp_provider_skips_total',
      help: 'Times that a request passed a provider over, by why: cooling_down, suspended, failing, circuit_open, queue_full.',
      labelNames: ['provider', 'reason'],
      registers,
    });
    const openings = new Counter({
      name: 'mcp_provider_breaker_opened_total',
      help: 'Times that the circuit breaker of an endpoint opened.',
      labelNames: ['endpoint'],
      registers,
    });
    breakers.openings.add((endpoint) => openings.inc({ endpoint }));
    orchestrator.calls.add((call) => this.observeCall(call));
    reports.add((report) => this.observeAnswer(report));
    tellStandings(registry, orchestrator);
  }

  private observeCall({ operation, providerId, endpointId, outcome, ...call }: ProviderCall): void {
    this.calls.inc({ provider: providerId, endpoint: endpointId, operation, outcome });
    const hasAnswered = call.firstContentMs !== undefined;
    const model = hasAnswered ? this.models.admit(call.model) : this.models.valueOf(call.model);
    const labels = genAiLabels(operation, providerId, model, outcome === 'answered' ? undefined : outcome);
    this.durations.observe(labels, call.durationMs / 1_000);
    if (call.firstContentMs !== undefined) this.firstChunks.observe(labels, call.firstContentMs / 1_000);
  }

  private observeAnswer({ run, step, job, rescues, delivery, outcome }: AnswerReport): void {
    for (const way of rescues) this.rescues.inc({ way });
    if (outcome === 'UPSTREAM_LOST' && delivery.chunks > 0) this.rescues.inc({ way: 'none' });
    if (run.attempts.length === 1) return; // nearly all: there is nothing to tell
    for (const { provider, outcome: reason } of run.log.skips) this.skips.inc({ provider, reason });
    const [first] = run.attempts;
    if (first && step && !job.cached && first.provider !== step.providerId)
      this.failovers.inc({ from: first.provider, to: step.providerId });
  }
}

function tellStandings(registry: MetricsRegistry, orchestrator: FallbackOrchestrator): void {
  gauge(registry, {
    name: 'mcp_provider_breaker_state',
    help: 'The circuit breaker of an endpoint on this node: 1 for the state that it is in, 0 for the others.',
    labelNames: ['endpoint', 'state'],
    read: () =>
      orchestrator
        .health()
        .flatMap(({ id, breaker }) =>
          BREAKER_STATES.map((state) => [{ endpoint: id, state }, Number(breaker === state)] as const),
        ),
  });
  gauge(registry, {
    name: 'mcp_provider_cooldown_seconds',
    help: 'How long this node still leaves an endpoint alone.',
    labelNames: ['endpoint'],
    read: () => orchestrator.health().map(({ id, cooldownMs }) => [{ endpoint: id }, cooldownMs / 1_000] as const),
  });
  gauge(registry, {
    name: 'mcp_provider_running',
    help: 'Requests of this node that a provider works on.',
    labelNames: ['provider'],
    read: () => orchestrator.health().map(({ providerId, running }) => [{ provider: providerId }, running] as const),
  });
  gauge(registry, {
    name: 'mcp_provider_waiting',
    help: 'Requests of this node that wait for a provider.',
    labelNames: ['provider'],
    read: () => orchestrator.health().map(({ providerId, waiting }) => [{ provider: providerId }, waiting] as const),
  });
}
