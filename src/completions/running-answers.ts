import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { nameOfStream, type StreamKey } from '../billing/ledger/ledger-operations.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import type { RunningAnswer } from './running-answer.js';

/** The answers that this process writes, from the moment their hold is asked for. */
@Injectable()
export class RunningAnswers implements BeforeApplicationShutdown {
  private readonly logger = new Logger(RunningAnswers.name);
  private readonly answers = new Map<string, Promise<RunningAnswer | undefined>>();
  /** Everything that a drain waits for, holds that are being asked for included. */
  private readonly work = new Set<Promise<void>>();
  private readonly running = new Set<RunningAnswer>();
  private readonly drainMs: number;
  private isDraining = false;
  private isGraceOver = false;

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
    return this.answers.get(nameOfStream(key));
  }

  /** How many answers are being written. */
  get size(): number {
    return this.running.size;
  }

  get isAccepting(): boolean {
    return !this.isDraining;
  }

  /**
   * Runs what `starting` brings, if anything, to its end; from this very call on `find` finds it, so that a repeat that
   * comes meanwhile starts nothing of its own.
   * @param onEnd called when an answer that ran has ended
   * @throws what `starting` threw
   */
  begin(
    key: StreamKey,
    starting: Promise<RunningAnswer | undefined>,
    onEnd: () => void,
  ): Promise<RunningAnswer | undefined> {
    const name = nameOfStream(key);
    this.answers.set(name, starting);
    const work = this.follow(name, starting).then((hasRun) => (hasRun ? onEnd() : undefined));
    this.work.add(work);
    void work
      .catch((error: Error) => this.logger.error('The end of an answer failed', error.stack)) // ends no process
      .finally(() => this.work.delete(work));
    return starting;
  }

  /** No new work from here on; what runs may finish for a while, then it ends honestly and can be read elsewhere. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isDraining = true;
    const grace = setTimeout(() => {
      this.isGraceOver = true;
      for (const answer of this.running) answer.stop(drained());
    }, this.drainMs);
    while (this.work.size > 0) await Promise.allSettled(this.work);
    clearTimeout(grace);
  }

  /** @returns whether there was an answer, which has run to its end then */
  private async follow(name: string, starting: Promise<RunningAnswer | undefined>): Promise<boolean> {
    const answer = await starting.catch(() => undefined);
    try {
      if (!answer) return false;
      this.running.add(answer);
      if (this.isGraceOver) answer.stop(drained());
      await answer.complete();
      return true;
    } finally {
      if (answer) this.running.delete(answer);
      if (this.answers.get(name) === starting) this.answers.delete(name);
    }
  }
}

function drained(): GatewayError {
  return new GatewayError(
    'UNAVAILABLE',
    'The node had to shut down before the answer was complete; what was delivered was charged.',
  );
}
