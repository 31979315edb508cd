import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Ledger } from '../billing/ledger/ledger.js';
import type { StopReason, StreamKey } from '../billing/ledger/ledger-operations.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import type { ControlBus } from '../queue/control-bus.js';
import type { RunningAnswer } from './running-answer.js';

/** How often the ledger is asked, while answers run here: a stop takes no longer than this where no doorbell rings. */
const LOOK_EVERY_MS = 500;

/** The answers that run here. */
export interface StoppableAnswers {
  readonly size: number;
  /** One of them, perhaps while it is still being started. */
  find(key: StreamKey): Promise<RunningAnswer | undefined> | undefined;
}

/** Stops the answers that run here and were asked to stop elsewhere: cancelled on another node, or frozen. */
export class StopRequests implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(StopRequests.name);
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private stopListening: (() => void) | undefined;

  /** @param ledger by whose name the answers are held */
  constructor(
    private readonly ledger: Ledger,
    private readonly answers: StoppableAnswers,
    private readonly bus: ControlBus,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
    this.stopListening = this.bus.on('stream-stop', (key) => {
      if (this.answers.find(key)) this.look();
    });
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.stopListening?.();
  }

  private look(): void {
    if (this.looking || this.answers.size === 0) return;
    this.looking = this.stopAsked()
      .catch((error: unknown) => this.logger.warn(`Stop requests could not be read: ${(error as Error).message}`))
      .finally(() => (this.looking = undefined));
  }

  private async stopAsked(): Promise<void> {
    for (const { why, ...key } of await this.ledger.streamsToStop()) {
      void this.answers.find(key)?.then(
        (answer) => answer && stopFor(why, answer),
        () => undefined,
      );
    }
  }
}

function stopFor(why: StopReason, answer: RunningAnswer): void {
  if (why === 'frozen') answer.stopSpending();
  else answer.stop(cancelled());
}

/** How an answer ends that its user cancelled. */
export function cancelled(): GatewayError {
  return new GatewayError('CANCELLED', 'The request was cancelled; what was delivered was charged.');
}
