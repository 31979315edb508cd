import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { StreamKey } from '../billing/ledger/ledger-operations.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import type { RunningAnswer } from './running-answer.js';

/** The answers that this process writes, from the moment their hold is asked for. */
@Injectable()
export class RunningAnswers implements BeforeApplicationShutdown {
  private readonly answers = new Map<string, Promise<RunningAnswer | undefined>>();
  private readonly completions = new Set<Promise<void>>();
  private readonly running = new Set<RunningAnswer>();
  private readonly drainMs: number;
  private isDraining = false;

  constructor(@Inject(ENVIRONMENT) { http }: Environment) {
    this.drainMs = http.drainMs;
  }

  /** @throws GatewayError UNAVAILABLE while draining */
  assertAccepting(): void {
    if (!this.isDraining) return;
    throw new GatewayError('UNAVAILABLE', 'This node is shutting down; connect again and ask there.', {
      retryAfterMs: 1_000,
    });
  }

  /** The answer of a key, perhaps one whose hold is still being asked for. */
  find(key: StreamKey): Promise<RunningAnswer | undefined> | undefined {
    return this.answers.get(nameOf(key));
  }

  /** How many answers are being written. */
  get size(): number {
    return this.running.size;
  }

  get isAccepting(): boolean {
    return !this.isDraining;
  }

  /** Runs what `starting` brings, if anything, to its end; until then `find` finds it. `onEnd` is called where it ran. */
  async begin(
    key: StreamKey,
    starting: Promise<RunningAnswer | undefined>,
    onEnd: () => void,
  ): Promise<RunningAnswer | undefined> {
    const name = nameOf(key);
    this.answers.set(name, starting);
    const answer = await starting.catch((error: unknown) => {
      this.answers.delete(name);
      throw error;
    });
    if (!answer) {
      this.answers.delete(name);
      return undefined;
    }
    const completion = this.complete(name, answer).finally(onEnd);
    this.completions.add(completion);
    void completion.finally(() => this.completions.delete(completion));
    return answer;
  }

  /** No new work from here on; what runs may finish for a while, then it ends honestly and can be read elsewhere. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isDraining = true;
    const grace = setTimeout(() => {
      for (const answer of this.running) answer.stop(drained());
    }, this.drainMs);
    while (this.completions.size > 0) await Promise.allSettled(this.completions);
    clearTimeout(grace);
  }

  private async complete(name: string, answer: RunningAnswer): Promise<void> {
    this.running.add(answer);
    await answer.complete();
    this.running.delete(answer);
    this.answers.delete(name);
  }
}

function nameOf({ accountId, requestId }: StreamKey): string {
  return `${accountId}\n${requestId}`;
}

function drained(): GatewayError {
  return new GatewayError(
    'UNAVAILABLE',
    'The node had to shut down before the answer was complete; what was delivered was charged.',
  );
}
