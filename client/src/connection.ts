import { judgeClose } from './close-verdict.js';
import type { ConnectionOptions, ConnectionOwner } from './connection-owner.js';
import { Liveness } from './liveness.js';
import { McpError } from './mcp-error.js';
import { newId } from './new-id.js';
import { openInTime, type Opening } from './open-in-time.js';
import { Outage } from './outage.js';
import { readFrame } from './protocol.js';
import type { OpenSocket, Socket } from './socket.js';
import type { TokenSource } from './token-source.js';

/** A socket that lived so long, or brought a frame, was no failure. */
const STABLE_MS = 5_000;

/** One socket at a time, opened when it is needed and opened again when it is lost. */
export class Connection {
  private socket: Socket | undefined;
  private opening: (Opening & { result: Promise<McpError | undefined> }) | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private idleTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly liveness: Liveness;
  private readonly outage: Outage;
  /** Names the socket that counts: what an earlier one says is void. */
  private epoch = 0;
  private urlIndex = 0;
  private openedMs = 0;
  private isClosed = false;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly tokens: TokenSource,
    private readonly openSocket: OpenSocket,
    private readonly owner: ConnectionOwner,
  ) {
    this.outage = new Outage(options.backoff);
    this.liveness = new Liveness(
      options.liveness,
      () => this.send({ id: `probe-${newId()}`, lastSeq: 0 }), // an unknown id is answered NOT_FOUND, and costs nothing
      () => this.lost(new McpError('UNREACHABLE', 'The connection is silent.', { retryable: true })),
    );
  }

  /** Something is outstanding now. */
  need(): void {
    this.stopIdling();
    if (this.socket) return this.liveness.start();
    if (this.isClosed || this.opening || this.retryTimer) return;
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
    this.clearRetry();
    const failure = await (this.opening?.result ?? this.connect());
    if (failure) throw failure;
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
    this.opening?.abort();
    this.clearRetry();
    this.hangUp();
  }

  private connect(): Promise<McpError | undefined> {
    this.owner.status({ state: 'connecting' });
    const opening = openInTime((signal) => this.openNext(signal), this.options.openWithinMs);
    const result = this.conclude(opening, this.epoch, performance.now());
    this.opening = { ...opening, result };
    return result;
  }

  private async openNext(signal: AbortSignal): Promise<Socket> {
    const epoch = ++this.epoch;
    const { urls } = this.options;
    const url = urls[this.urlIndex % urls.length]!;
    const token = await this.tokens.get();
    return this.openSocket(
      { url, token, signal },
      {
        onMessage: (text) => epoch === this.epoch && this.received(text),
        onClose: (code, reason) => epoch === this.epoch && this.closedByPeer(code, reason),
      },
    );
  }

  /** @returns why there is no socket now */
  private async conclude({ socket }: Opening, epoch: number, begunMs: number): Promise<McpError | undefined> {
    const [opened, failure] = await socket.then(
      (value) => [value, undefined] as const,
      (error: unknown) => [undefined, error as McpError] as const,
    );
    this.opening = undefined;
    if (this.isClosed) {
      opened?.close();
      return closedError();
    }
    if (opened && epoch !== this.epoch) return undefined; // it is lost again already
    this.outage.waitedMs += Math.min(performance.now() - begunMs, this.options.openWithinMs);
    if (opened) this.hasOpened(opened);
    else this.couldNotOpen(failure);
    return failure;
  }

  private hasOpened(socket: Socket): void {
    this.socket = socket;
    this.openedMs = performance.now();
    this.outage.tokenAccepted();
    this.owner.status({ state: 'open' });
    this.liveness.heard();
    this.liveness.start();
    this.owner.opened();
    this.release();
  }

  private couldNotOpen(error: McpError): void {
    this.epoch++;
    this.urlIndex++;
    if (error.code === 'UNAUTHORIZED') {
      if (!this.tokens.refuse() || !this.outage.tokenRefused()) return this.giveUp(error);
      return this.retry(error, { atOnce: true });
    }
    if (!error.retryable) return this.giveUp(error);
    this.retry(error);
  }

  private received(text: string): void {
    const frame = readFrame(text);
    if (!frame) return this.lost(new McpError('PROTOCOL', 'What talks there is no gateway.', { retryable: true }));
    this.liveness.heard();
    this.outage.over();
    this.owner.frame(frame);
  }

  private closedByPeer(code: number, reason: string): void {
    if (performance.now() - this.openedMs > STABLE_MS) this.outage.over();
    const verdict = judgeClose(code, reason);
    const error = new McpError('UNREACHABLE', `${code} ${reason}`.trim(), { retryable: true });
    switch (verdict.kind) {
      case 'reconnect':
        if (!verdict.needsToken || this.tokens.refuse()) return this.lost(error, verdict);
        return this.giveUp(new McpError('UNAUTHORIZED', 'The token has expired.'));
      case 'too-large':
        this.owner.tooLarge(verdict.error);
        return this.lost(error);
      case 'fatal':
        return this.giveUp(verdict.error);
      default:
        verdict satisfies never;
    }
  }

  private lost(error: McpError, how: { atOnce?: boolean } = {}): void {
    this.drop();
    this.urlIndex++;
    this.retry(error, how);
  }

  private retry(error: McpError, how: { atOnce?: boolean } = {}): void {
    const pauseMs = this.outage.failed(error, how);
    this.owner.failed(error, this.outage.waitedMs);
    if (!this.owner.needsConnection()) return this.rest();
    this.owner.status({ state: 'waiting', error, pauseMs });
    this.retryTimer = setTimeout(() => {
      this.retryTimer = undefined;
      this.outage.waitedMs += pauseMs;
      void this.connect();
    }, pauseMs);
  }

  private giveUp(error: McpError): void {
    this.drop();
    this.rest();
    this.owner.refused(error);
  }

  private rest(): void {
    this.clearRetry();
    this.outage.over();
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
    clearTimeout(this.idleTimer);
    this.idleTimer = undefined;
  }

  private clearRetry(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
  }
}

export function closedError(): McpError {
  return new McpError('CLOSED', 'The client was closed; answers that were under way go on at the server.');
}
