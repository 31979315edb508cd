import { Inject, Injectable } from '@nestjs/common';
import { GatewayError } from '../common/errors/gateway-error.js';
import { ProviderError } from '../providers/contract/provider-error.js';
import { ProviderRegistry } from '../providers/provider-registry.js';
import { ProviderAdmission } from './admission/provider-admission.js';
import type { Lane } from './admission/model-lane.js';
import type { Place } from './admission/place.js';
import type { ProviderSlots } from './admission/provider-slots.js';
import type { CooldownReason } from './cooldowns.js';
import type { CircuitOrder } from './orders/circuit-order.js';
import { CircuitOrders, isAbout } from './orders/circuit-orders.js';
import { ProviderBreakers } from './provider-breakers.js';
import { RecentFailures } from './recent-failures.js';
import { requestFailure } from './route-failure.js';
import type { RouteStep } from './route-plan.js';
import type { SkipReason } from './attempt-log.js';
import { RouteRun } from './route-run.js';
import { SharedCooldowns } from './shared-cooldowns.js';

/** Whose request it is that sets out on a route. */
export interface Traveller {
  userId: string;
  /** The client's id. */
  requestId: string;
  /** Any provider will do: whichever is free first. Otherwise a request waits for the one it asked for. */
  isAnyWelcome: boolean;
}

const OBSTACLES: Record<CooldownReason, SkipReason> = {
  rate_limited: 'cooling_down',
  unusable: 'suspended',
  failing: 'failing',
};

/** Lets requests through to providers: past those that are not to be asked now, and only as many as each may have. */
@Injectable()
export class RouteAdmission {
  /** What went wrong lately, for operators. */
  readonly failures = new RecentFailures();

  constructor(
    @Inject(SharedCooldowns) readonly cooldowns: SharedCooldowns,
    @Inject(ProviderBreakers) private readonly breakers: ProviderBreakers,
    @Inject(ProviderAdmission) private readonly providers: ProviderAdmission,
    @Inject(ProviderRegistry) private readonly registry: ProviderRegistry,
    @Inject(CircuitOrders) orders: CircuitOrders,
  ) {
    registry.onReplaced((endpointIds) => {
      for (const id of endpointIds) this.forget(id);
    });
    orders.onNew((order) => this.obey(order));
  }

  /** Nothing is known of an endpoint any more: it is asked again at once. */
  forget(endpointId: string): void {
    this.breakers.forget(endpointId);
    this.cooldowns.forget(endpointId);
    this.failures.forget(endpointId);
  }

  /**
   * Begins the walk along a route, with a slot or a place in line taken at once.
   * @throws GatewayError QUEUE_OVERFLOW; nothing is kept then
   */
  begin({ userId, requestId, isAnyWelcome }: Traveller, steps: readonly RouteStep[]): RouteRun {
    const run = new RouteRun(steps, this.providers.placeFor(userId, requestId), isAnyWelcome);
    const candidates = this.candidates(run);
    if (candidates.length > 0) run.place.enter(candidates, isAnyWelcome, this.lanesOf(run));
    return run;
  }

  /**
   * The step to try now, once there is a slot for it; undefined: the route is at its end. An endpoint that keeps failing is
   * tried after all others. The step's call has begun then, as far as cooldowns are concerned.
   * @throws GatewayError CANCELLED where the run was aborted meanwhile
   */
  async admit(run: RouteRun): Promise<RouteStep | undefined> {
    const { place } = run;
    for (let step = run.step(); step; step = run.step()) {
      if (run.isAborted) throw requestFailure(new ProviderError(step.providerId, 'aborted', 'cancelled'));
      const obstacle = this.obstacleAt(step.endpointId);
      const isLastResort = obstacle === 'failing' && !this.hasOpenStep(run);
      if (obstacle && !isLastResort) {
        if (obstacle === 'failing') run.postpone(step, obstacle);
        else run.skip(step, obstacle);
        if (!this.isReachable(run, step.providerId)) place.withdraw(this.providers.slotsOf(step.providerId));
      } else if (place.providerId === step.providerId && this.isAdmittedTo(place, step)) {
        run.isProbing = this.cooldowns.begins(step.endpointId, run); // before anybody else looks
        return step;
      } else {
        await this.waitForSlot(run, step);
      }
    }
    return undefined;
  }

  /** How long a user who was refused had better stay away from all of these, in milliseconds. */
  retryAfterMs(userId: string, providerIds: readonly string[]): number {
    return Math.min(...providerIds.map((id) => this.providers.slotsOf(id).retryAfterMs(userId)));
  }

  /** Requests at a provider, and those that wait for it. */
  loadOf(providerId: string): { running: number; waiting: number } {
    const { running, waiting } = this.providers.slotsOf(providerId);
    return { running, waiting };
  }

  /** What is opened is looked up at each step. A closed one is asked again, unless the provider itself limits our rate or refuses our key. */
  private obey(order: CircuitOrder): void {
    if (order.kind !== 'text' || order.action === 'open') return;
    const ids = this.registry.all().flatMap(({ endpoints }) => endpoints.map(({ id }) => id));
    for (const id of ids.filter((each) => isAbout(order, each))) {
      if (order.action === 'reset') this.forget(id);
      else {
        this.breakers.close(id);
        if (this.cooldowns.reasonAt(id) === 'failing') this.cooldowns.forget(id);
      }
    }
  }

  /** Afterwards the step of which it has a slot is the run's next one. */
  private async waitForSlot(run: RouteRun, step: RouteStep): Promise<void> {
    try {
      if (run.place.providerId === step.providerId) run.place.leave(); // it has a slot for another model
      if (run.place.isIdle) run.place.enter(this.candidates(run), run.isAnyWelcome, this.lanesOf(run));
      const providerId = run.place.providerId ?? (await run.place.admission());
      if (providerId !== undefined) run.prefer(providerId);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      run.skip(step, 'queue_full');
    }
  }

  /** For whichever model a run would ask a provider for now. */
  private lanesOf(run: RouteRun): (slots: ProviderSlots) => Lane {
    if (run.remaining().every(({ modelBound }) => !modelBound)) return () => undefined;
    return ({ providerId }) => {
      const step = this.reachable(run).find((each) => each.providerId === providerId);
      return step && this.providers.laneOf(step);
    };
  }

  private isAdmittedTo(place: Place, step: RouteStep): boolean {
    return place.isFor(this.providers.slotsOf(step.providerId), this.providers.laneOf(step));
  }

  /** The providers that may be asked now, in the order of the route. */
  private candidates(run: RouteRun): ProviderSlots[] {
    return [...new Set(this.reachable(run).map(({ providerId }) => this.providers.slotsOf(providerId)))];
  }

  private reachable(run: RouteRun): RouteStep[] {
    const isOpen = this.hasOpenStep(run);
    return run.remaining().filter(({ endpointId }) => {
      const obstacle = this.obstacleAt(endpointId);
      return !obstacle || (obstacle === 'failing' && !isOpen);
    });
  }

  /** Whether there is a step that may be tried without ado. */
  private hasOpenStep(run: RouteRun): boolean {
    return run.remaining().some(({ endpointId }) => !this.obstacleAt(endpointId));
  }

  /** Whether one of a provider's endpoints that remain may be asked now. */
  private isReachable(run: RouteRun, providerId: string): boolean {
    return run.remaining().some((step) => step.providerId === providerId && !this.obstacleAt(step.endpointId));
  }

  /** Why an endpoint is not to be asked now. */
  private obstacleAt(endpointId: string): SkipReason | undefined {
    if (this.breakers.isHeldOpen(endpointId)) return 'circuit_open';
    const reason = this.cooldowns.reasonAt(endpointId);
    if (reason) return OBSTACLES[reason];
    const isOpen = this.breakers.stateOf(endpointId) === 'open' && !this.cooldowns.isProbeDue(endpointId);
    return isOpen ? 'circuit_open' : undefined;
  }
}
