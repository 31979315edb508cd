import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { StuckSockets } from '../../completions/delivery/stuck-sockets.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import type { AnswerResponse } from './answer-response.js';
import type { ResponseOutbox } from './response-outbox.js';

const BEAT_EVERY_MS = 15_000;
/** How long a client may take, after the drain, to read the end of its answer. */
const FAREWELL_MS = 2_000;

/** The HTTP responses that show answers now: looks after those whose clients stop reading, and keeps silent ones open. */
@Injectable()
export class OpenResponses implements BeforeApplicationShutdown {
  private readonly stuck: StuckSockets<ResponseOutbox>;
  /** Each with whether it is streamed. */
  private readonly open = new Map<AnswerResponse, boolean>();
  private readonly timer: NodeJS.Timeout;

  private readonly drainMs: number;

  constructor(@Inject(ENVIRONMENT) { streams, http }: Environment) {
    this.drainMs = http.drainMs;
    this.stuck = new StuckSockets(streams.stuckMs, (outbox) => outbox.giveUp());
    this.timer = setInterval(() => this.beat(), BEAT_EVERY_MS).unref();
  }

  add(response: AnswerResponse, isStreamed: boolean): void {
    this.open.set(response, isStreamed);
    this.stuck.add(response.outbox);
  }

  remove(response: AnswerResponse): void {
    this.open.delete(response);
    this.stuck.remove(response.outbox);
  }

  /** Answers end before the node does; a client that has not read its own by then is not waited for. */
  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
    setTimeout(() => this.giveUp(), this.drainMs + FAREWELL_MS).unref();
  }

  private giveUp(): void {
    for (const { outbox } of this.open.keys()) outbox.giveUp();
  }

  private beat(): void {
    for (const [response, isStreamed] of this.open) response.beat(isStreamed);
  }
}
