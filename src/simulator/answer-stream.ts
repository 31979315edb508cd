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
  /** The block that is being sent, and how many of its deltas are out. */
  #block = 0;
  #sentOfBlock = 0;
  #hasStruck = false;
  /** When the next delta is due: kept as a point in time, so that late timers don't add up. */
  #dueMs = 0;
  readonly #strikesAfter: number;
  #encode: (text: string) => string = () => '';

  constructor(private readonly plan: StreamPlan) {
    const { answer, trouble } = plan;
    const { strike } = trouble.fault;
    this.#strikesAfter = strike ? deltasBefore(strike, answer, trouble.options) : Infinity;
  }

  start(): void {
    const { exchange, wire, head, answer, shape, gapMs } = this.plan;
    exchange.openBody(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    exchange.account.thought(answer.hiddenTokens);
    exchange.write(wire.opening(head) + this.#beginBlock());
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
    const moved = this.#moveOn();
    const { kind, run } = answer.blocks[this.#block]!;
    const { text, tokenCount } = run.delta(this.#sentOfBlock);
    this.#sentDeltas += 1;
    this.#sentOfBlock += 1;
    exchange.account.sent(tokenCount, kind === 'reasoning');
    return exchange.write(moved + this.#encode(text));
  }

  /** Ends the blocks that are whole and begins the next one that has deltas left. */
  #moveOn(): string {
    const { blocks } = this.plan.answer;
    let events = '';
    while (this.#block < blocks.length - 1 && this.#sentOfBlock === blocks[this.#block]!.run.deltaCount) {
      events += this.#endBlock();
      this.#block += 1;
      this.#sentOfBlock = 0;
      events += this.#beginBlock();
    }
    return events;
  }

  #beginBlock(): string {
    const { wire, head, answer } = this.plan;
    const block = answer.blocks[this.#block];
    if (!block) return '';
    this.#encode = wire.deltaEncoder(head, block, this.#block);
    return wire.blockStart(head, block, this.#block);
  }

  #endBlock(): string {
    const { wire, head, answer } = this.plan;
    const block = answer.blocks[this.#block];
    return block ? wire.blockEnd(head, block, this.#block) : '';
  }

  #finish(): void {
    const { exchange, wire, head, answer, shape } = this.plan;
    const last = this.#moveOn() + this.#endBlock();
    const closing = wire.closing(head, answer.end, exchange.account.sentTokens);
    exchange.account.close('completed');
    exchange.end(last + closing + (shape.isUnterminated ? '' : wire.terminator));
  }
}
