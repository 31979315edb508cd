import type { ProviderErrorKind } from '../providers/contract/provider-error.js';
import type { Place } from './admission/place.js';
import type { Attempt } from './attempt.js';
import { AttemptLog, type AttemptRecord, type SkipReason } from './attempt-log.js';
import type { OpeningFailure, RouteStep } from './route-plan.js';

/** At most 3 attempts per provider and request, and 8 in all (docs/architecture.md). */
const ATTEMPTS_PER_PROVIDER = 3;
const ATTEMPTS_IN_ALL = 8;
/** Once more after a wait; who is refused again had better not stay. */
const ATTEMPTS_WITHIN_RATE_LIMIT = 2;

/** Where one request stands on its route. */
export class RouteRun {
  readonly log = new AttemptLog();
  /** How long it has waited for rate limits. */
  waitedMs = 0;
  /** Its attempt finds out whether an endpoint works again that was left alone. */
  isProbing = false;
  private position = 0;
  private attemptsOnStep = 0;
  private readonly opened = new Set<ProviderErrorKind>();
  private asked: RouteStep | undefined;
  private current: Attempt | undefined;
  private hasBeenAborted = false;
  private endPause: (() => void) | undefined;
  /** Steps in the order in which they are tried now. */
  private steps: readonly RouteStep[];
  /** Steps that were silent: they are not tried again. */
  private readonly barred = new Set<RouteStep>();

  /** How often each endpoint has refused it for a rate limit. */
  private readonly limits = new Map<string, number>();
  /** Endpoints that were passed over for a rate limit, since the route began last. */
  private readonly passedOver = new Set<string>();

  /** @param route in the plan's order */
  constructor(
    private route: readonly RouteStep[],
    /** Where it stands with the providers. */
    readonly place: Place,
    /** Any provider will do: whichever is free first. Otherwise the plan's order is kept. */
    readonly isAnyWelcome: boolean,
  ) {
    this.steps = route;
  }

  /** The step to try now; undefined: the route is at its end. */
  step(): RouteStep | undefined {
    while (this.position < this.steps.length && !this.mayTry(this.steps[this.position]!)) this.advance();
    return this.steps[this.position];
  }

  /** The steps that may still be tried, in order. */
  remaining(): RouteStep[] {
    return this.steps.slice(this.position).filter((step) => this.mayTry(step));
  }

  /** Brings a provider's remaining steps forward: they are tried now, the others after them. */
  prefer(providerId: string): void {
    if (this.step()?.providerId === providerId) return;
    const rest = this.steps.slice(this.position);
    const preferred = rest.filter((step) => step.providerId === providerId);
    const others = rest.filter((step) => step.providerId !== providerId);
    this.steps = [...this.steps.slice(0, this.position), ...preferred, ...others];
    this.attemptsOnStep = 0;
  }

  /** From now on the steps may be tried that are for such a failure. */
  open(failure: OpeningFailure): void {
    this.opened.add(failure);
  }

  /** The request as it is was refused: of what remains, only the steps that are for that are tried. @returns whether there are any */
  divert(failure: ProviderErrorKind): boolean {
    const steps = this.steps.slice(this.position + 1).filter(({ onlyAfter }) => onlyAfter === failure);
    if (steps.length === 0) return false;
    this.opened.add(failure);
    this.route = steps;
    this.begins(steps);
    return true;
  }

  advance(): void {
    this.position++;
    this.attemptsOnStep = 0;
  }

  /** From the first step again, after a wait. */
  restart(): void {
    this.begins(this.steps);
  }

  /** A rate limit refused the step that was asked last. */
  wasLimited(): void {
    if (this.asked) this.limits.set(this.asked.endpointId, (this.limits.get(this.asked.endpointId) ?? 0) + 1);
  }

  /**
   * The route begins anew at a step whose answer broke off, and comes round to those that were before it.
   * @param isLast the step itself is tried last, not first
   */
  comeBackTo(broken: RouteStep, isLast = false): void {
    const at = this.route.indexOf(broken);
    const others = [...this.route.slice(at + 1), ...this.route.slice(0, at)];
    this.begins(isLast ? [...others, broken] : [broken, ...others]);
  }

  /** The step that was asked last is not tried again before the route begins anew. */
  drop(): void {
    this.steps = this.steps.filter((step) => step !== this.asked);
    this.attemptsOnStep = 0;
  }

  /** The step that was asked last is never tried again. */
  bar(): void {
    if (this.asked) this.barred.add(this.asked);
  }

  /** Takes the attempt that is about to be made; `abort` reaches it. @returns how many this step has had with it */
  begin(step: RouteStep, attempt: Attempt): number {
    this.asked = step;
    this.current = attempt;
    if (this.isAborted) attempt.close();
    return ++this.attemptsOnStep;
  }

  /** Passes a step over, without asking its provider. */
  skip(step: RouteStep, reason: SkipReason): void {
    this.log.addSkipped(step, reason);
    if (reason === 'cooling_down') this.passedOver.add(step.endpointId);
    this.advance();
  }

  /** Has a step tried after all others. */
  postpone(step: RouteStep, reason: SkipReason): void {
    this.log.addSkipped(step, reason);
    this.steps = [...this.steps.filter((each) => each !== step), step];
    this.attemptsOnStep = 0;
  }

  /** Everything that was tried or skipped, in order. */
  get attempts(): readonly AttemptRecord[] {
    return this.log.records;
  }

  /** Whom the last attempt asked. */
  get endpointId(): string | undefined {
    return this.asked?.endpointId;
  }

  get providerIds(): string[] {
    return [...new Set(this.steps.map(({ providerId }) => providerId))];
  }

  get endpointIds(): string[] {
    return [...new Set(this.steps.map(({ endpointId }) => endpointId))];
  }

  /**
   * The endpoints that limit our rate and may be tried again afterwards.
   * @returns `isFresh`: it was passed over, and not tried, since the route began last
   */
  limitedEndpoints(): { endpointId: string; isFresh: boolean }[] {
    const endpointIds = new Set(this.steps.filter((step) => this.mayTry(step)).map(({ endpointId }) => endpointId));
    return [...endpointIds]
      .filter((id) => this.passedOver.has(id) || this.limits.has(id))
      .map((endpointId) => ({ endpointId, isFresh: this.passedOver.has(endpointId) }));
  }

  get isAborted(): boolean {
    return this.hasBeenAborted;
  }

  /** Hangs up, whatever is under way: a wait for a provider, an attempt, a stream that runs, or a pause. */
  abort(): void {
    this.hasBeenAborted = true;
    this.current?.close();
    this.place.leave();
    this.endPause?.();
  }

  /** Ends early when the run is aborted. */
  async pause(durationMs: number): Promise<void> {
    if (this.isAborted) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.endPause = resolve;
      timer = setTimeout(resolve, durationMs);
    });
    clearTimeout(timer);
    this.endPause = undefined;
  }

  private mayTry(step: RouteStep): boolean {
    const isClosed = step.onlyAfter !== undefined && !this.opened.has(step.onlyAfter);
    return !isClosed && !this.barred.has(step) && !this.isSpent(step);
  }

  private begins(steps: readonly RouteStep[]): void {
    this.steps = steps;
    this.position = 0;
    this.attemptsOnStep = 0;
    this.passedOver.clear();
  }

  private isSpent(step: RouteStep): boolean {
    if ((this.limits.get(step.endpointId) ?? 0) >= ATTEMPTS_WITHIN_RATE_LIMIT) return true;
    return this.log.calls >= ATTEMPTS_IN_ALL || this.log.callsOf(step.providerId) >= ATTEMPTS_PER_PROVIDER;
  }
}
