import { Inject, Injectable, Logger } from '@nestjs/common';
import CircuitBreaker from 'opossum';
import { Observers } from '../common/observers.js';
import { ProviderError } from '../providers/contract/provider-error.js';
import { CircuitOrders } from './orders/circuit-orders.js';

export type BreakerState = 'closed' | 'open' | 'half-open';

/** Thrown instead of calling a provider whose circuit is open. */
export class CircuitOpenError extends Error {}

type Action = () => Promise<unknown>;

/**
 * The specification's figures: 50 % errors, tried again after 30 s; at least 8 calls in the last 10 s. Its `timeout` is
 * the attempt's own deadline for the first content: opossum's would fire while a model may still rightly think, and would
 * leave the call running.
 */
const OPTIONS: CircuitBreaker.Options = {
  timeout: false,
  errorThresholdPercentage: 50,
  resetTimeout: 30_000,
  volumeThreshold: 8,
  rollingCountTimeout: 10_000,
  rollingPercentilesEnabled: false,
};

/** One circuit breaker per endpoint (a provider's key or deployment), around the time to first content. */
@Injectable()
export class ProviderBreakers {
  /** Of every circuit that opens: the endpoint's id. */
  readonly openings = new Observers<string>();
  private readonly logger = new Logger(ProviderBreakers.name);
  private readonly breakers = new Map<string, CircuitBreaker<[Action], unknown>>();

  constructor(@Inject(CircuitOrders) private readonly orders = new CircuitOrders()) {}

  /**
   * @param isProbe it is this call that finds out whether an endpoint that was left alone works again: an open circuit
   *   lets it through, and closes when it succeeds
   * @throws CircuitOpenError without calling, or what the action threw
   */
  async run<T>(endpointId: string, action: () => Promise<T>, isProbe = false): Promise<T> {
    if (this.isHeldOpen(endpointId)) throw new CircuitOpenError(`the circuit of ${endpointId} is open by order`);
    if (isProbe && this.stateOf(endpointId) === 'open') return this.probe(endpointId, action);
    try {
      return (await this.breaker(endpointId).fire(action)) as T;
    } catch (error) {
      if (CircuitBreaker.isOurError(error as Error))
        throw new CircuitOpenError(`the circuit of ${endpointId} is open`, { cause: error });
      throw error;
    }
  }

  /** A call that had counted as a success broke off later: opossum is told by a call of its own that fails. */
  reportFailure(endpointId: string, error: ProviderError): void {
    const breaker = this.breaker(endpointId);
    if (breaker.closed && error.countsAgainstProvider) breaker.fire(() => Promise.reject(error)).catch(() => undefined);
  }

  /** By an operator's order: nobody asks it, not even to find out whether it works again. */
  isHeldOpen(endpointId: string): boolean {
    return this.orders.openedBy('text', endpointId) !== undefined;
  }

  stateOf(endpointId: string): BreakerState {
    if (this.isHeldOpen(endpointId)) return 'open';
    const breaker = this.breaker(endpointId);
    return breaker.halfOpen ? 'half-open' : breaker.opened ? 'open' : 'closed';
  }

  /** It is asked again; what was counted of it stays. */
  close(endpointId: string): void {
    this.breakers.get(endpointId)?.close();
  }

  /** Another one is in its place: nothing is known of that. */
  forget(endpointId: string): void {
    this.breakers.get(endpointId)?.shutdown();
    this.breakers.delete(endpointId);
  }

  shutdown(): void {
    for (const breaker of this.breakers.values()) breaker.shutdown();
  }

  private async probe<T>(endpointId: string, action: () => Promise<T>): Promise<T> {
    try {
      const answer = await action();
      this.breaker(endpointId).close();
      return answer;
    } catch (error) {
      if (isAlive(error)) this.breaker(endpointId).close();
      throw error;
    }
  }

  private breaker(endpointId: string): CircuitBreaker<[Action], unknown> {
    let breaker = this.breakers.get(endpointId);
    if (!breaker) {
      breaker = this.create(endpointId);
      this.breakers.set(endpointId, breaker);
    }
    return breaker;
  }

  private create(endpointId: string): CircuitBreaker<[Action], unknown> {
    const breaker: CircuitBreaker<[Action], unknown> = new CircuitBreaker((action: Action) => action(), {
      ...OPTIONS,
      name: endpointId,
      // true = counts as a success, and closes a half-open circuit: only for what proves the provider alive. A client
      // that hangs up proves nothing: it must neither open a closed circuit nor close a half-open one.
      errorFilter: (error: unknown) => isAlive(error) || (isHungUp(error) && !breaker.halfOpen),
    });
    breaker.on('open', () => {
      this.logger.error(`Circuit breaker opened for ${endpointId}: its requests go elsewhere`);
      this.openings.tell(endpointId);
    });
    breaker.on('halfOpen', () => this.logger.log(`Circuit breaker half-open, testing ${endpointId}`));
    breaker.on('close', () => this.logger.log(`Circuit breaker closed, ${endpointId} is back`));
    return breaker;
  }
}

/** The provider refused the request for its own fault, and so proved itself alive. */
function isAlive(error: unknown): boolean {
  return error instanceof ProviderError && !error.countsAgainstProvider && !isHungUp(error);
}

function isHungUp(error: unknown): boolean {
  return error instanceof ProviderError && error.kind === 'aborted';
}
