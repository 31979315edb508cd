import { randomUUID } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Account } from './bill.js';
import type { Vendor, VendorError } from './wires/wire.js';

/** One request and its answer: the bytes and the one timer behind them. All work stops when the connection closes. */
export class Exchange {
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  constructor(
    readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    readonly vendor: Vendor,
    readonly account: Account,
    readonly isOnReusedConnection: boolean,
  ) {
    response.setHeader(vendor.requestIdHeader, account.requestId);
    response.once('close', () => {
      this.#rest();
      account.close('aborted');
    });
  }

  get isOpen(): boolean {
    return !this.response.destroyed && !this.response.writableEnded;
  }

  json(status: number, body: object, headers: OutgoingHttpHeaders = {}): void {
    const text = JSON.stringify(body);
    if (this.isOpen && !this.response.headersSent) {
      const length = Buffer.byteLength(text);
      this.response.writeHead(status, { 'content-type': 'application/json', 'content-length': length, ...headers });
    }
    this.end(text);
  }

  /** Answers with an error in the vendor's own shape. */
  refuse(error: VendorError, headers: OutgoingHttpHeaders = {}): void {
    this.json(error.status, this.vendor.errorBody(error, this.account.requestId), headers);
  }

  /** Sends the headers at once, before there is a body; a second call does nothing. */
  openBody(status: number, headers: OutgoingHttpHeaders): void {
    if (!this.isOpen || this.response.headersSent) return;
    this.response.writeHead(status, headers);
    this.response.flushHeaders();
  }

  /** Whether the connection takes more right now; if not, wait with `whenDrained`. */
  write(text: string): boolean {
    return this.isOpen && this.response.write(text);
  }

  end(text = ''): void {
    if (this.isOpen) this.response.end(text);
  }

  whenDrained(work: () => void): void {
    this.response.once('drain', work);
  }

  /** Runs `work` after so many milliseconds, or on the next turn of the event loop; never after the connection closed. */
  later(work: () => void, delayMs: number): void {
    this.#rest();
    if (!this.isOpen) return;
    if (delayMs > 0) this.#timer = setTimeout(work, delayMs);
    else this.#immediate = setImmediate(work);
  }

  /** Closes the connection under the answer, once what was written is out. */
  destroy(): void {
    this.request.socket.destroySoon();
  }

  /** Closes the connection with a TCP reset. */
  reset(): void {
    this.request.socket.resetAndDestroy();
  }

  #rest(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }
}

/** An id as the vendors' are: a prefix and letters that never come again. */
export function uniqueId(prefix: string): string {
  return prefix + randomUUID().replaceAll('-', '');
}
