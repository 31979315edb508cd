import { Inject, Injectable } from '@nestjs/common';
import { GatewayError } from '../common/errors/gateway-error.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';

/** Answers that go on unwatched at once in one process; whoever leaves beyond that has cancelled. */
const MOST_DETACHED = 1_000;

/** What can be ended for want of watchers. */
export interface Detachable {
  stop(error: GatewayError): void;
}

/** Lets answers go on whose sockets were lost, for a while: their clients come back and read on. */
@Injectable()
export class DetachedAnswers {
  private readonly timers = new Map<Detachable, NodeJS.Timeout>();
  private readonly longestMs: number;

  constructor(@Inject(ENVIRONMENT) { billing }: Pick<Environment, 'billing'>) {
    this.longestMs = billing.detachedMaxMs;
  }

  /** The last watcher has left. */
  left(answer: Detachable): void {
    if (this.timers.has(answer)) return;
    if (this.timers.size >= MOST_DETACHED) return answer.stop(unwatched());
    const timer = setTimeout(() => {
      this.timers.delete(answer);
      answer.stop(unwatched());
    }, this.longestMs);
    this.timers.set(answer, timer.unref());
  }

  /** Somebody watches again, or the answer has ended. */
  returned(answer: Detachable): void {
    clearTimeout(this.timers.get(answer));
    this.timers.delete(answer);
  }
}

function unwatched(): GatewayError {
  return new GatewayError('CANCELLED', 'Nobody watched the answer any more; what was written until then was charged.');
}
