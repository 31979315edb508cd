import { randomUUID } from 'node:crypto';
import type { Identity } from '../auth/identity.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import type { CompletionRequest, RequestWatcher, StreamWatcher } from '../completions/completion-request.js';
import type { CompletionsService, StopWatching } from '../completions/completions.service.js';
import { CLOSE_CODES } from './close-codes.js';
import { readClientFrame, readFrameId, type ClientFrame } from './protocol/client-frame.js';
import type { SocketTraffic } from './socket-traffic.js';
import { Subscriptions, type SubscriptionTools } from './subscriptions.js';

/** What a session needs of a connection; it knows no WebSocket library. */
export interface SessionSocket {
  /** Sends frames in order. */
  send(frames: readonly string[]): void;
  /** For the frames of one stream. */
  openLane(): StreamLane;
  close(code: number, reason: string): void;
}

/** One stream's share of a connection: as StreamWatcher has it. */
export interface StreamLane extends Pick<StreamWatcher, 'isFull' | 'room'> {
  send(frames: readonly string[]): void;
  close(): void;
}

export interface SessionTools extends SubscriptionTools {
  completions: CompletionsService;
  traffic: Pick<SocketTraffic, 'refuses'>;
  /** An error of ours that the client is only told of as INTERNAL. */
  reportFault: (error: unknown, requestId: string) => void;
  /** Told of every error that a frame is answered with. */
  noteRefusal: (error: GatewayError, userId: string, requestId: string) => void;
}

/** So many frames in a row that are no JSON objects, and this is some other protocol. */
const MOST_UNPARSABLE = 3;
/** So many frames in a row beyond the budget, and the client does not listen to being refused. */
const MOST_REFUSED = 5_000;

/** One connection: reads frames, has them served, and shows the answers. The answers don't depend on it. */
export class StreamSession {
  readonly id = randomUUID();
  private readonly watched = new Map<string, Watching>();
  private readonly subscriptions: Subscriptions;
  private unparsableInARow = 0;
  private refusedInARow = 0;
  private isDraining = false;

  constructor(
    private readonly socket: SessionSocket,
    readonly identity: Identity,
    private readonly tools: SessionTools,
    /** The trace that its requests belong to. */
    private readonly traceParent?: string,
  ) {
    this.subscriptions = new Subscriptions(socket, identity, tools);
  }

  /** A frame came in. Never throws. */
  async receive(text: string): Promise<void> {
    let id = '';
    try {
      const refusal = await this.tools.limits.refuseFrame(this.id);
      if (refusal) return this.refuse(readFrameId(text), refusal);
      const frame = readClientFrame(text);
      ({ id } = frame);
      this.refusedInARow = 0;
      await this.serve(frame);
    } catch (error) {
      if (!(error instanceof GatewayError)) this.tools.reportFault(error, id);
      else if (error.code === 'INTERNAL') this.tools.reportFault(error.cause, id);
      this.sendError(id, GatewayError.from(error));
    }
  }

  /** A frame came in that is no text. */
  receiveBinary(): void {
    this.countUnparsable('', new GatewayError('VALIDATION_ERROR', 'A frame must be JSON in a text message.'));
  }

  /** A message came in that is not read to its end; the socket is closed for it. */
  receiveUnread(refusal: GatewayError): void {
    this.sendError('', refusal);
  }

  /** The connection is gone; the answers go on. */
  closed(): void {
    for (const watching of this.watched.values()) watching.stop();
    this.watched.clear();
    this.subscriptions.closed();
  }

  /** Closes when the last answer that is shown here has ended; at once where there is none. */
  drain(): void {
    this.isDraining = true;
    this.closeWhenDrained();
  }

  private async serve(frame: ClientFrame): Promise<void> {
    if (frame.kind === 'invalid') {
      if (frame.isUnparsable) return this.countUnparsable(frame.id, frame.error);
      this.unparsableInARow = 0;
      return this.sendError(frame.id, frame.error);
    }
    this.unparsableInARow = 0;
    const { userId } = this.identity;
    switch (frame.kind) {
      case 'request':
        return this.watch(frame.id, frame.lastSeq, (watcher) => this.submit(frame.request, watcher, frame.lastSeq));
      case 'resume':
        return this.resume(frame.id, frame.lastSeq);
      case 'cancel':
        if (this.watched.has(frame.id)) return void (await this.tools.completions.cancel(userId, frame.id));
        return this.watch(frame.id, 0, (watcher) => this.tools.completions.cancel(userId, frame.id, watcher));
      case 'subscribe':
        return this.subscriptions.begin(frame.id, frame.channel);
      case 'unsubscribe':
        return this.subscriptions.end(frame.id, frame.channel);
      default:
        frame satisfies never;
    }
  }

  private submit(request: CompletionRequest, watcher: RequestWatcher, lastSeq: number): Promise<StopWatching> {
    const traced = this.traceParent === undefined ? request : { ...request, traceParent: this.traceParent };
    return this.tools.completions.submit(this.identity, traced, watcher, lastSeq);
  }

  private resume(id: string, lastSeq: number): Promise<void> {
    const { userId } = this.identity;
    return this.watch(id, lastSeq, (watcher) => this.tools.completions.resume(userId, id, watcher, lastSeq));
  }

  /**
   * A repeated id takes the place of its earlier watching here: a socket gets every frame once. A repeat that is refused
   * takes nothing's place: the earlier watching goes on where it was.
   */
  private async watch(
    id: string,
    lastSeq: number,
    begin: (watcher: RequestWatcher) => Promise<StopWatching>,
  ): Promise<void> {
    const earlier = this.watched.get(id);
    earlier?.stop();
    const watching = new Watching(this.socket, id, lastSeq, () => this.ended(watching));
    this.watched.set(id, watching);
    try {
      watching.began(await begin(watching));
    } catch (error) {
      watching.stop();
      const isCurrent = this.watched.get(id) === watching;
      this.ended(watching);
      if (earlier && isCurrent) void this.resume(id, earlier.seen).catch(() => undefined);
      throw error;
    }
  }

  private ended(watching: Watching): void {
    if (this.watched.get(watching.id) === watching) this.watched.delete(watching.id);
    this.closeWhenDrained();
  }

  private closeWhenDrained(): void {
    if (this.isDraining && this.watched.size === 0)
      this.socket.close(CLOSE_CODES.DRAINING, 'the node is shutting down: reconnect and resume');
  }

  private refuse(id: string, refusal: GatewayError): void {
    this.sendError(id, refusal);
    if (++this.refusedInARow >= MOST_REFUSED) this.socket.close(CLOSE_CODES.TOO_MANY, 'too many frames');
  }

  private countUnparsable(id: string, error: GatewayError): void {
    this.sendError(id, error);
    if (++this.unparsableInARow >= MOST_UNPARSABLE)
      this.socket.close(CLOSE_CODES.NOT_THE_PROTOCOL, 'frames must be JSON objects');
  }

  private sendError(id: string, error: GatewayError): void {
    this.tools.traffic.refuses('frame', error.code);
    this.tools.noteRefusal(error, this.identity.userId, id);
    this.socket.send([errorFrameWithoutStream(id, error)]);
  }
}

/** One id that is shown on one connection. */
class Watching implements RequestWatcher {
  private readonly lane: StreamLane;
  private stopWatching: StopWatching | undefined;
  private isOver = false;

  constructor(
    private readonly socket: SessionSocket,
    readonly id: string,
    /** The last seq that was shown: each frame of a stream has the next one. */
    public seen: number,
    private readonly onEnd: () => void,
  ) {
    this.lane = socket.openLane();
  }

  began(stopWatching: StopWatching): void {
    this.stopWatching = stopWatching;
    if (this.isOver) stopWatching();
  }

  get isFull(): boolean {
    return this.lane.isFull;
  }

  room(bytes: number): Promise<number> {
    return this.lane.room(bytes);
  }

  announce(frame: string): void {
    if (!this.isOver) this.socket.send([frame]);
  }

  deliver(frames: readonly string[]): void {
    if (this.isOver) return;
    this.seen += frames.length;
    this.lane.send(frames);
  }

  end(): void {
    this.close();
    this.onEnd();
  }

  fail(error: GatewayError): void {
    this.deliver([errorFrameWithoutStream(this.id, error)]);
    this.end();
  }

  stop(): void {
    this.close();
    this.stopWatching?.();
  }

  private close(): void {
    this.isOver = true;
    this.lane.close();
  }
}

/** An `error` without `seq`: it belongs to no stream and cost nothing. */
function errorFrameWithoutStream(id: string, error: GatewayError): string {
  return JSON.stringify({ id, type: 'error', error: error.toBody() });
}
