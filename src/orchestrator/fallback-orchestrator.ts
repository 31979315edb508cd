import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { LogFields } from '../common/logging/log-fields.js';
import { Observers } from '../common/observers.js';
import { GatewayConfiguration } from '../config/gateway-config/gateway-configuration.js';
import { namedModels } from '../config/gateway-config/model-rules.js';
import { ProviderError } from '../providers/contract/provider-error.js';
import type { EmbeddingResult } from '../providers/contract/text-provider.js';
import type { EmbeddingRequest, TextRequest } from '../providers/contract/text-request.js';
import { ProviderRegistry } from '../providers/provider-registry.js';
import type { AnswerStream } from './answer-stream.js';
import { Attempt } from './attempt.js';
import { deadlinesFor } from './deadlines.js';
import { ConfiguredRules } from './configured-rules.js';
import { judge } from './failure-policy.js';
import { EQUIVALENT_MODELS } from './model-equivalents.js';
import { CircuitOpenError, ProviderBreakers, type BreakerState } from './provider-breakers.js';
import { endedCall, type ProviderCall } from './provider-call.js';
import { RouteAdmission, type Traveller } from './route-admission.js';
import { RouteArranger } from './route-arranger.js';
import { requestFailure, routeFailure } from './route-failure.js';
import { planRoute } from './plan-route.js';
import type { RecentFailure } from './recent-failures.js';
import type { RouteQuestion, RouteStep } from './route-plan.js';
import type { RouteRun } from './route-run.js';

/** The longest that a request waits for rate limits when there is nobody else to ask. */
const LONGEST_WAIT_MS = 10_000;
/** A refusal names so many models that would do. */
const MOST_SUGGESTED = 3;
/** Timers may fire a little early: the wait must not end just before the limit does. */
const TIMER_SLACK_MS = 5;

/** How a provider's key or deployment stands, on this node. */
export interface ProviderStanding {
  /** The provider's where it is the only one, otherwise 'provider/name'. */
  id: string;
  providerId: string;
  breaker: BreakerState;
  /** How long it is still left alone, in milliseconds. */
  cooldownMs: number;
  /** Requests that the provider works on, and those that wait for it. */
  running: number;
  waiting: number;
}

/** What a step answered. */
export interface Answered<T> {
  step: RouteStep;
  answer: T;
}

/** Walks a route until a provider answers. One flat loop; what a failure leads to is decided in failure-policy.ts. */
@Injectable()
export class FallbackOrchestrator implements OnApplicationShutdown {
  /** Of every call, once it has ended. */
  readonly calls = new Observers<ProviderCall>();
  private readonly logger = new Logger(FallbackOrchestrator.name);

  constructor(
    @Inject(ProviderRegistry) private readonly registry: ProviderRegistry,
    @Inject(ProviderBreakers) private readonly breakers: ProviderBreakers,
    @Inject(RouteAdmission) private readonly admission: RouteAdmission,
    @Inject(RouteArranger) private readonly arranger: RouteArranger,
    @Inject(GatewayConfiguration) private readonly configuration: GatewayConfiguration,
  ) {}

  onApplicationShutdown(): void {
    this.breakers.shutdown();
  }

  /** The whole route of a question; empty where nobody can serve it. */
  plan(question: RouteQuestion): RouteStep[] {
    return planRoute(question, this.registry.all(), new ConfiguredRules(this.configuration.inForce));
  }

  /** In the order of preference. */
  providerIds(): string[] {
    return this.registry.all().map(({ id }) => id);
  }

  /** Some models that can do what a question needs, known by the configuration or as equivalents of others. */
  modelsFor({ operation, needs = {} }: Pick<RouteQuestion, 'operation' | 'needs'>): string[] {
    const { inForce } = this.configuration;
    return [...new Set([...inForce.aliases.keys(), ...namedModels(inForce), ...EQUIVALENT_MODELS])]
      .filter((model) => this.plan({ operation, provider: 'auto', model, mayFallBack: false, needs }).length > 0)
      .slice(0, MOST_SUGGESTED);
  }

  /**
   * Sets out on a route: a slot of a provider, or a place in line for one, is taken at once and kept until the run ends
   * or is aborted.
   * @throws GatewayError QUEUE_OVERFLOW where too many wait; nothing is kept then
   */
  begin(traveller: Traveller, steps: readonly RouteStep[]): RouteRun {
    return this.admission.begin(traveller, steps);
  }

  /**
   * The first content of the next provider on the route that has any. Called again after a stream broke off, it goes on
   * where the route stands.
   * @param request makes the request of a step
   * @throws GatewayError with the reason of every attempt
   */
  stream(
    run: RouteRun,
    promptBytes: number,
    request: (step: RouteStep) => TextRequest,
  ): Promise<Answered<AnswerStream>> {
    return this.walk(run, 'chat', promptBytes, (attempt, step) => attempt.openStream(request(step)));
  }

  /** The same for an embedding, which comes whole. */
  embed(
    run: RouteRun,
    promptBytes: number,
    request: (step: RouteStep) => EmbeddingRequest,
  ): Promise<Answered<EmbeddingResult>> {
    return this.walk(run, 'embedding', promptBytes, (attempt, step) => attempt.embed(request(step)));
  }

  /** A stream broke off after its first content: the next call of `stream` begins at the next step. */
  brokeOff(run: RouteRun, error: ProviderError): void {
    if (run.endpointId !== undefined) {
      this.breakers.reportFailure(run.endpointId, error);
      this.noteFailure(run.endpointId, run.attempts.at(-1)?.model ?? '', error);
    }
    run.log.amend(error.kind);
    run.advance();
  }

  /** An answer did not repeat what another one had begun with: it was hung up on, and the next call goes on behind it. */
  diverged(run: RouteRun): void {
    run.log.amend('diverged');
    run.drop();
  }

  /** Forgets on this node that an endpoint has failed: it is asked again at once. */
  forgive(endpointId: string): void {
    this.admission.forget(endpointId);
  }

  /** How each provider's keys and deployments stand, for health and operators. */
  health(): ProviderStanding[] {
    return this.registry.all().flatMap((provider) =>
      provider.endpoints.map(({ id }) => ({
        id,
        providerId: provider.id,
        breaker: this.breakers.stateOf(id),
        cooldownMs: Math.ceil(this.admission.cooldowns.remainingMs(id)),
        ...this.admission.loadOf(provider.id),
      })),
    );
  }

  /** The last failures of an endpoint on this node, the latest first. */
  recentFailures(endpointId: string): readonly RecentFailure[] {
    return this.admission.failures.of(endpointId);
  }

  private noteFailure(endpointId: string, model: string, { kind, status }: ProviderError): void {
    this.admission.failures.note(endpointId, { model, kind, ...(status === undefined ? {} : { status }) });
  }

  private async walk<T>(
    run: RouteRun,
    operation: RouteQuestion['operation'],
    promptBytes: number,
    perform: (attempt: Attempt, step: RouteStep) => Promise<T>,
  ): Promise<Answered<T>> {
    const { cooldowns } = this.admission;
    for (;;) {
      const step = await this.admission.admit(run);
      if (!step) {
        await this.waitOrGiveUp(run);
        continue;
      }
      const deadlines = deadlinesFor(operation, step, promptBytes);
      const attempt = new Attempt(step.strategy, deadlines);
      const attemptsOnStep = run.begin(step, attempt);
      const begunMs = performance.now();
      const end = (failure?: ProviderError) => endedCall(run, operation, step, begunMs, failure);
      try {
        const answer = await this.breakers.run(step.endpointId, () => perform(attempt, step), run.isProbing);
        const firstContentMs = performance.now() - begunMs;
        attempt.whenEnded((failure) => {
          run.place.leave();
          this.calls.tell({ ...end(failure), firstContentMs });
        });
        cooldowns.succeeded(step.endpointId);
        this.arranger.latencies.observe(step, since(begunMs));
        run.log.add({ provider: step.providerId, model: step.model, outcome: 'answered', durationMs: since(begunMs) });
        return { step, answer };
      } catch (error) {
        if (error instanceof CircuitOpenError || run.isAborted) cooldowns.abandoned(step.endpointId, run);
        else this.coolDown(run, step, error as ProviderError);
        run.place.leave(); // only now: whoever is next in line has to know of the cooldown
        if (!(error instanceof CircuitOpenError)) this.calls.tell(end(error as ProviderError));
        if (error instanceof CircuitOpenError) run.skip(step, 'circuit_open');
        else await this.failed(run, step, error as ProviderError, attemptsOnStep, since(begunMs));
      }
    }
  }

  private coolDown(run: RouteRun, { endpointId }: RouteStep, error: ProviderError): void {
    if (error.kind === 'rate_limited') run.wasLimited();
    const notice = this.admission.cooldowns.failed(endpointId, run, error);
    if (!notice) return;
    const about: LogFields = { requestId: run.place.requestId };
    const pause = `it is left alone for ${Math.round(notice.durationMs)} ms`;
    if (notice.reason === 'unusable')
      this.logger.error(`ALERT: our key or account at ${endpointId} is refused (${error.kind}); ${pause}`, about);
    else this.logger.warn(`${endpointId} is ${notice.reason}; ${pause}`, about);
  }

  private async failed(
    run: RouteRun,
    step: RouteStep,
    error: ProviderError,
    attemptsOnStep: number,
    durationMs: number,
  ): Promise<void> {
    const status = error.status === undefined ? {} : { status: error.status };
    const outcome = run.isAborted ? 'aborted' : error.kind; // it was asked all the same
    run.log.add({ provider: step.providerId, model: step.model, outcome, ...status, durationMs });
    if (run.isAborted)
      throw requestFailure(new ProviderError(step.providerId, 'aborted', 'cancelled', { cause: error }));
    this.noteFailure(step.endpointId, step.model, error);
    const verdict = judge(error, attemptsOnStep);
    if (verdict.action === 'stop') {
      if (!run.divert(error.kind)) throw requestFailure(error);
      return;
    }
    if (error.kind === 'model_not_found') run.open(error.kind);
    this.logger.warn(
      `Provider ${step.endpointId} failed (${error.kind}${error.status ? ` ${error.status}` : ''}) for ${step.model}`,
      { requestId: run.place.requestId } satisfies LogFields,
    );
    if (error.kind === 'timeout') run.bar();
    if (verdict.action === 'next') run.advance();
    else await run.pause(verdict.pauseMs);
  }

  /** Nobody is left: waits for rate limits that end soon, with the hold kept; otherwise throws. */
  private async waitOrGiveUp(run: RouteRun): Promise<void> {
    const { cooldowns } = this.admission;
    const waits = run.limitedEndpoints().map(({ endpointId, isFresh }) => {
      const hasEnded = isFresh && cooldowns.reasonAt(endpointId) === undefined;
      return cooldowns.rateLimitMs(endpointId) ?? (hasEnded ? 0 : Infinity);
    });
    const waitMs = Math.min(...waits);
    if (run.waitedMs + waitMs > LONGEST_WAIT_MS) {
      const rateLimitMs = Math.min(...run.endpointIds.map((id) => cooldowns.rateLimitMs(id) ?? Infinity));
      const queueMs = this.admission.retryAfterMs(run.place.userId, run.providerIds);
      throw routeFailure(run.attempts, { rateLimitMs, queueMs });
    }
    run.waitedMs += waitMs;
    run.restart();
    await run.pause(waitMs + TIMER_SLACK_MS);
  }
}

function since(begunMs: number): number {
  return Math.round(performance.now() - begunMs);
}
