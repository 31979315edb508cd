import type { AnswerTrouble } from './admission.js';
import type { Answer } from './answer.js';
import type { Exchange } from './exchange.js';
import { deltasBefore, type AnswerShape } from './faults/answer-faults.js';
import type { ReplyHead, TextWire } from './wires/wire.js';

/** Deltas without a gap that go out in one turn of the event loop, so that others get theirs. */
const BURST = 64;

export interface StreamPlan {
  exchange: Exchange;
  wire: TextWire;
  head: ReplyHead;
  answer: Answer;
  gapMs: number;
  shape: AnswerShape;
  trouble: AnswerTrouble;
}

/** Sends an answer as an event stream, no faster than the client reads it. */
export class AnswerStream {
  #sentDeltas = 0;
  #hasStruck = false;
  /** When the next delta is due: kept as a point in time, so that late timers don't add up. */
  #dueMs = 0;
  readonly #strikesAfter: number;
  readonly #encode: (text: string) => string;

  constructor(private readonly plan: StreamPlan) {
    const { wire, head, answer, trouble } = plan;
    const { strike } = trouble.fault;
    this.#strikesAfter = strike ? deltasBefore(strike, answer, trouble.options) : Infinity;
    this.#encode = wire.deltaEncoder(head);
  }

  start(): void {
    const { exchange, wire, head, shape, gapMs } = this.plan;
    exchange.openBody(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    exchange.write(wire.opening(head));
    this.#dueMs = performance.now();
    this.#wait(shape.firstContentMs ?? gapMs);
  }

  readonly #run = (): void => {
    const { exchange, answer, gapMs } = this.plan;
    for (let burst = 0; burst < BURST; burst++) {
      if (this.#isBroken()) return;
      if (this.#sentDeltas === answer.deltaCount) return this.#finish();
      const canTakeMore = this.#sendDelta();
      const waitMs = this.#sentDeltas < answer.deltaCount ? gapMs : 0;
      if (!canTakeMore) return exchange.whenDrained(() => this.#wait(waitMs));
      if (waitMs > 0) return this.#wait(waitMs);
    }
    this.#wait(0);
  };

  #wait(waitMs: number): void {
    const nowMs = performance.now();
    this.#dueMs = Math.max(this.#dueMs + waitMs, nowMs);
    this.plan.exchange.later(this.#run, Math.ceil(this.#dueMs - nowMs));
  }

  #isBroken(): boolean {
    const { exchange, wire, trouble } = this.plan;
    const { strike } = trouble.fault;
    if (!strike || this.#hasStruck || this.#sentDeltas < this.#strikesAfter) return false;
    this.#hasStruck = true;
    if (strike.stream(exchange, wire) === 'goes-on') return false;
    exchange.account.close('faulted');
    return true;
  }

  #sendDelta(): boolean {
    const { exchange, answer } = this.plan;
    const { text, tokenCount } = answer.delta(this.#sentDeltas);
    this.#sentDeltas += 1;
    exchange.account.sent(tokenCount);
    return exchange.write(this.#encode(text));
  }

  #finish(): void {
    const { exchange, wire, head, answer, shape } = this.plan;
    const closing = wire.closing(head, answer.endReason, exchange.account.completionTokens);
    exchange.account.close('completed');
    exchange.end(closing + (shape.isUnterminated ? '' : wire.terminator));
  }
}
