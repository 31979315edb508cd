import type { ServerResponse } from 'node:http';
import type { WireName } from './wires/wire.js';

/** One request as its provider saw it. */
export interface Call {
  wire: WireName;
  /** '' where the body names none. */
  model: string;
  /** When it came, in milliseconds since 1970, with fractions. */
  atMs: number;
  /** How long its connection stayed open for it, in milliseconds; absent: it still is. */
  tookMs?: number;
  /** The answer went out whole. Otherwise one of the two hung up: the caller, or the simulator by a fault. */
  isWhole?: boolean;
}

export const CALLS_LIMIT = 10_000;

/** Every request in the order in which they came, whatever became of them. */
export class CallLog {
  #calls: Call[] = [];

  note(wire: WireName, model: string, response: ServerResponse): void {
    const call: Call = { wire, model, atMs: performance.timeOrigin + performance.now() };
    this.#calls.push(call);
    if (this.#calls.length > CALLS_LIMIT) this.#calls.shift();
    response.once('close', () => {
      call.tookMs = performance.timeOrigin + performance.now() - call.atMs;
      call.isWhole = response.writableFinished;
    });
  }

  all(): Call[] {
    return [...this.#calls];
  }

  reset(): void {
    this.#calls = [];
  }
}
