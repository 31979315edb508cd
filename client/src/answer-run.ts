import { endAnswer, takeFrame, type AnswerState } from './answer-state.js';
import { backoffMs, type BackoffOptions } from './backoff.js';
import { callSafely } from './call-safely.js';
import { McpError } from './mcp-error.js';
import type { AnswerFrame, RequestBody } from './protocol.js';

/** What keeps an answer going: a way to the server, and somebody who is told. */
export interface AnswerRunOptions {
  /** False where there is no connection now; `opened` is called with the next one. */
  send: (frame: object) => boolean;
  backoff: BackoffOptions;
  /** How long refusals that may pass are waited for. */
  patienceMs: number;
  onChange: (run: AnswerRun) => void;
  onEnd: (run: AnswerRun) => void;
}

/** Frames that stay missing are lost: an answer with a hole in it is worse than none. */
const MOST_GAPS = 3;
/** What was asked for again must begin to come within this time. */
const GAP_PAUSE_MS = 5_000;

/** One answer on its way through lost connections and refusals to its end. */
export class AnswerRun {
  private hasStarted = false;
  private hasSent = false;
  private isCancelled = false;
  private refusals = 0;
  private refusedForMs = 0;
  private gaps = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private gapTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  /** @param request undefined: only the id is known, so it can be resumed but not sent again */
  constructor(
    private current: AnswerState,
    readonly request: RequestBody | undefined,
    private readonly options: AnswerRunOptions,
  ) {}

  get state(): AnswerState {
    return this.current;
  }

  get id(): string {
    return this.current.id;
  }

  /** Asks for the answer for the first time, or as soon as there is a connection. */
  start(): void {
    this.hasStarted = true;
    this.ask();
  }

  /** There is a new connection. One that waits out a refusal goes on waiting. */
  opened(): void {
    this.hasNoGap();
    if (this.hasStarted && this.retryTimer === undefined) this.ask();
  }

  take(frame: AnswerFrame): void {
    if (this.isCancelled && isUnknown(frame)) return this.fail(neverBegun());
    const { state, step } = takeFrame(this.current, frame);
    switch (step.kind) {
      case 'ignored':
        return;
      case 'gap':
        return this.mend();
      case 'refused':
        return this.refused(step.error);
      case 'progress':
        this.refusals = 0;
        this.refusedForMs = 0;
        this.hasNoGap();
        return this.change(state);
      case 'ended':
        return this.change(state);
      default:
        step satisfies never;
    }
  }

  /** Stops the answer at the server; its last frame still comes. What was never sent ends here. */
  cancel(): void {
    if (this.current.outcome || this.isCancelled) return;
    this.isCancelled = true;
    const isUnheard = !this.hasSent && !this.current.isAccepted && this.request !== undefined;
    if (isUnheard) return this.fail(neverBegun());
    if (this.retryTimer === undefined) this.sendCancel();
    else this.askAgain();
  }

  /** The answer is of no use any more. */
  fail(error: McpError): void {
    this.change(endAnswer(this.current, 'failed', error.about(this.id)));
  }

  /** It is given up here; at the server it may go on. */
  leave(error: McpError): void {
    this.change(endAnswer(this.current, 'left', error.about(this.id)));
  }

  /** @returns what ends the listening */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Asks for the answer, or for the rest of it. Where nothing of it was seen the whole request goes out again: should its
   * node have died before it wrote anything, another one begins it. What is cancelled is not to be begun.
   * @returns false where there is no connection
   */
  private ask(): boolean {
    const { id, lastSeq, outcome } = this.current;
    if (outcome) return false;
    const isById = lastSeq > 0 || this.isCancelled || this.request === undefined;
    if (!this.options.send(isById ? { id, lastSeq } : { id, ...this.request })) return false;
    this.hasSent = true;
    if (this.isCancelled) this.sendCancel();
    return true;
  }

  private askAgain(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    this.ask();
  }

  private sendCancel(): void {
    this.options.send({ id: this.id, cancel: true });
  }

  private change(state: AnswerState): void {
    if (this.current.outcome || state === this.current) return;
    this.current = state;
    if (state.outcome) {
      clearTimeout(this.retryTimer);
      this.hasNoGap();
      this.options.onEnd(this);
    } else this.options.onChange(this);
    for (const listener of [...this.listeners]) callSafely(listener);
  }

  /** Frames of the showing that is given up may still come: one request mends them all. */
  private mend(): void {
    if (this.gapTimer !== undefined) return;
    if (++this.gaps > MOST_GAPS) {
      return this.fail(new McpError('PROTOCOL', 'Frames of the answer are missing, and stay missing.'));
    }
    if (!this.ask()) return; // `opened` does
    this.gapTimer = setTimeout(() => {
      this.gapTimer = undefined;
      this.mend();
    }, GAP_PAUSE_MS);
  }

  private refused(error: McpError): void {
    const pauseMs = backoffMs(this.refusals++, this.options.backoff, error.retryAfterMs);
    this.refusedForMs += pauseMs;
    if (this.refusedForMs > this.options.patienceMs) return this.leave(error);
    this.hasNoGap();
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.askAgain(), pauseMs);
  }

  private hasNoGap(): void {
    clearTimeout(this.gapTimer);
    this.gapTimer = undefined;
    this.gaps = 0;
  }
}

function neverBegun(): McpError {
  return new McpError('CANCELLED', 'The request was cancelled before the server began.');
}

/** The server never heard of the id. */
function isUnknown(frame: AnswerFrame): boolean {
  return frame.type === 'error' && frame.seq === undefined && frame.error.code === 'NOT_FOUND';
}
