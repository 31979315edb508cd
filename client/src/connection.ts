import { backoffMs, type BackoffOptions } from './backoff.js';
import { judgeClose } from './close-verdict.js';
import { Liveness, type LivenessOptions } from './liveness.js';
import { McpError } from './mcp-error.js';
import { newId } from './new-id.js';
import { readFrame, type AnswerFrame } from './protocol.js';
import type { OpenSocket, Socket } from './socket.js';
import type { TokenSource } from './token-source.js';

export type ConnectionStatus =
  /** Nothing is outstanding. */
  | { state: 'idle' }
  | { state: 'connecting' }
  | { state: 'open' }
  /** The connection was lost, or could not be had; the next try follows after the pause. */
  | { state: 'waiting'; error: McpError; pauseMs: number };

export interface ConnectionOptions {
  /** The next one is tried where one fails. */
  urls: readonly string[];
  backoff: BackoffOptions;
  liveness: LivenessOptions;
  openWithinMs: number;
  /** An open socket that nobody needs is closed after so long. */
  idleCloseMs: number;
}

export interface ConnectionOwner {
  /** Whether anything is outstanding. */
  needsConnection(): boolean;
  /** Everything outstanding is to be asked for (again). */
  opened(): void;
  frame(frame: AnswerFrame): void;
  /** A try failed. @param waitedMs since the connection was lost, not counting time asleep */
  failed(error: McpError, waitedMs: number): void;
  /** No further try makes sense. */
  refused(error: McpError): void;
  tooLarge(error: McpError): void;
  status(status: ConnectionStatus): void;
}

/** An open socket that lived so long, or brought a frame, was no failure. */
const STABLE_MS = 5_000;

/** One socket at a time, opened when it is needed and opened again when it is lost. */
export class Connection {
  private socket: Socket | undefined;
  private attempt: Promise<void> | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private idleTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly liveness: Liveness;
  /** Names the socket that counts: what an earlier one says is void. */
  private epoch = 0;
  private failures = 0;
  private waitedMs = 0;
  private refusedTokens = 0;
  private urlIndex = 0;
  private openedMs = 0;
  private isClosed = false;
  private abortAttempt: (() => void) | undefined;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly tokens: TokenSource,
    private readonly openSocket: OpenSocket,
    private readonly owner: ConnectionOwner,
  ) {
    this.liveness = new Liveness(
      options.liveness,
      () => this.send({ id: `probe-${newId()}`, lastSeq: 0 }), // an unknown id is answered NOT_FOUND, and costs nothing
      () => this.lost(new McpError('UNREACHABLE', 'The connection is silent.', { retryable: true })),
    );
  }

  get isOpen(): boolean {
    return this.socket !== undefined;
  }

  /** Something is outstanding now. */
  need(): void {
    this.stopIdling();
    if (this.isClosed || this.socket || this.attempt || this.retryTimer) return;
    void this.connect();
  }

  /** Nothing may be outstanding any more. */
  release(): void {
    if (this.owner.needsConnection()) return;
    if (this.retryTimer) this.rest();
    if (!this.socket || this.idleTimer) return;
    this.liveness.stop();
    if (this.options.idleCloseMs === Infinity) return;
    this.idleTimer = setTimeout(() => this.hangUp(), this.options.idleCloseMs);
  }

  /** Connects now, with one try. @throws McpError */
  async open(): Promise<void> {
    if (this.isClosed) throw closedError();
    if (this.socket) return;
    let failure: McpError | undefined;
    this.clearRetry();
    await (this.attempt ?? this.connect((error) => (failure = error)));
    if (!this.socket) throw failure ?? new McpError('UNREACHABLE', 'There is no connection.', { retryable: true });
  }

  /** @returns false where there is no connection; `owner.opened` tells of the next one */
  send(frame: object): boolean {
    if (!this.socket) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** A connection that seems open is doubted; where the network is back, the end of a pause is not waited for. */
  networkChanged(isBack: boolean): void {
    if (this.socket) return this.liveness.doubt();
    if (!isBack || !this.retryTimer) return;
    this.clearRetry();
    void this.connect();
  }

  close(): void {
    this.isClosed = true;
    this.abortAttempt?.();
    this.clearRetry();
    this.hangUp();
  }

  private async connect(onFailure?: (error: McpError) => void): Promise<void> {
    const begunMs = performance.now();
    this.owner.status({ state: 'connecting' });
    this.attempt = this.tryToOpen();
    try {
      await this.attempt;
    } catch (error) {
      this.attempt = undefined;
      this.waitedMs += Math.min(performance.now() - begunMs, this.options.openWithinMs);
      if (this.isClosed) return;
      const failure = asMcpError(error);
      onFailure?.(failure);
      return this.couldNotOpen(failure);
    }
    this.attempt = undefined;
    if (this.isClosed) return this.hangUp();
    if (this.socket) this.hasOpened();
  }

  private async tryToOpen(): Promise<void> {
    const epoch = ++this.epoch;
    const abort = new AbortController();
    const { promise: late, cancel } = deadline(this.options.openWithinMs);
    this.abortAttempt = () => abort.abort();
    try {
      const opening = this.tokens.get().then((token) =>
        this.openSocket(
          { url: this.url(), token, signal: abort.signal },
          {
            onMessage: (text) => this.received(epoch, text),
            onClose: (code, reason) => this.closedByPeer(epoch, code, reason),
          },
        ),
      );
      opening.then(
        (socket) => epoch !== this.epoch && socket.abandon(),
        () => undefined,
      );
      this.socket = await Promise.race([opening, late]);
    } catch (error) {
      if (this.epoch === epoch) this.epoch++;
      abort.abort();
      throw error;
    } finally {
      cancel();
    }
  }

  private hasOpened(): void {
    this.openedMs = performance.now();
    this.refusedTokens = 0;
    this.owner.status({ state: 'open' });
    this.liveness.heard();
    this.liveness.start();
    this.owner.opened();
    this.release();
  }

  private couldNotOpen(error: McpError): void {
    this.urlIndex++;
    if (error.code === 'UNAUTHORIZED') {
      if (!this.tokens.refuse() || ++this.refusedTokens > 1) return this.giveUp(error);
      return this.retry(error, 0);
    }
    if (!error.retryable) return this.giveUp(error);
    this.retryLater(error);
  }

  private received(epoch: number, text: string): void {
    if (epoch !== this.epoch) return;
    this.liveness.heard();
    this.isStable();
    const frame = readFrame(text);
    if (frame) this.owner.frame(frame);
    else this.lost(new McpError('PROTOCOL', 'What talks there is no gateway.', { retryable: true }));
  }

  private closedByPeer(epoch: number, code: number, reason: string): void {
    if (epoch !== this.epoch) return;
    if (performance.now() - this.openedMs > STABLE_MS) this.isStable();
    const verdict = judgeClose(code, reason);
    const error = new McpError('UNREACHABLE', `${code} ${reason}`.trim(), { retryable: true });
    switch (verdict.kind) {
      case 'reconnect': {
        const hasToken = !verdict.needsToken || this.tokens.refuse();
        if (!hasToken) return this.giveUp(new McpError('UNAUTHORIZED', 'The token has expired.'));
        return this.lost(error, verdict.atOnce);
      }
      case 'too-large':
        this.owner.tooLarge(verdict.error);
        return this.lost(error);
      case 'fatal':
        return this.giveUp(verdict.error);
      default:
        verdict satisfies never;
    }
  }

  private lost(error: McpError, atOnce = false): void {
    this.drop();
    this.urlIndex++;
    if (atOnce && this.failures === 0) this.retry(error, 0);
    else this.retryLater(error);
  }

  private retryLater(error: McpError): void {
    this.retry(error, backoffMs(this.failures, this.options.backoff, error.retryAfterMs));
  }

  private retry(error: McpError, pauseMs: number): void {
    this.failures++;
    this.owner.failed(error, this.waitedMs);
    if (!this.owner.needsConnection()) return this.rest();
    this.owner.status({ state: 'waiting', error, pauseMs });
    this.retryTimer = setTimeout(() => {
      this.retryTimer = undefined;
      this.waitedMs += pauseMs;
      void this.connect();
    }, pauseMs);
  }

  private giveUp(error: McpError): void {
    this.drop();
    this.rest();
    this.owner.refused(error);
  }

  private isStable(): void {
    this.failures = 0;
    this.waitedMs = 0;
  }

  private rest(): void {
    this.clearRetry();
    this.failures = 0;
    this.waitedMs = 0;
    this.refusedTokens = 0;
    this.owner.status({ state: 'idle' });
  }

  private hangUp(): void {
    if (!this.socket) return;
    this.socket.close();
    this.detach();
    this.rest();
  }

  /** The socket is of no use any more. */
  private drop(): void {
    this.socket?.abandon();
    this.detach();
  }

  private detach(): void {
    this.epoch++;
    this.socket = undefined;
    this.liveness.stop();
    this.stopIdling();
  }

  private stopIdling(): void {
    if (!this.idleTimer) return;
    clearTimeout(this.idleTimer);
    this.idleTimer = undefined;
    if (this.socket) this.liveness.start();
  }

  private clearRetry(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
  }

  private url(): string {
    return this.options.urls[this.urlIndex % this.options.urls.length]!;
  }
}

export function closedError(): McpError {
  return new McpError('CLOSED', 'The client was closed; answers that were under way go on at the server.');
}

function deadline(withinMs: number): { promise: Promise<never>; cancel: () => void } {
  let timer: ReturnType<typeof setTimeout>;
  const promise = new Promise<never>((_resolve, reject) => {
    const error = new McpError('UNREACHABLE', `Nobody answered within ${withinMs} ms.`, { retryable: true });
    timer = setTimeout(() => reject(error), withinMs);
  });
  promise.catch(() => undefined);
  return { promise, cancel: () => clearTimeout(timer) };
}

function asMcpError(error: unknown): McpError {
  if (error instanceof McpError) return error;
  return new McpError('UNREACHABLE', error instanceof Error ? error.message : String(error), {
    retryable: true,
    cause: error,
  });
}
