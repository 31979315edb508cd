import type { StreamWatcher } from '../completion-request.js';
import type { StreamMemory } from '../stream-memory.js';

/** What an outbox needs of a connection. */
export interface OutboxTransport {
  readonly isOpen: boolean;
  /** What the operating system has not taken yet of what it is being given, in bytes: it falls as the peer reads. */
  readonly untakenBytes: number;
  /** Holds back what is sent until `uncork`, so that it goes out in one system call. */
  cork(): void;
  uncork(): void;
  /** @param onTaken called once the operating system has taken it */
  send(text: string | Buffer, onTaken: (() => void) | undefined): void;
}

/** What may wait for a stream and for a socket; less when the process is short of memory. */
const WINDOWS = {
  ample: { stream: 256 * 1024, socket: 1024 * 1024, page: 128 * 1024 },
  tight: { stream: 16 * 1024, socket: 64 * 1024, page: 16 * 1024 },
};
/**
 * Text that has to wait costs several times its size: the string, what it was cut from, and a copy that `net` makes room
 * for at three bytes a character. So what waits beyond this is kept as bytes; encoding less would only cost time.
 */
const MOST_WAITING_TEXT = 16 * 1024;

/** What was sent in one turn of the event loop; it is taken together. */
interface Turn {
  bytes: number;
  shares: { lane: Lane; bytes: number }[];
}

/**
 * Everything that goes out on one connection, and how much of it the operating system has not taken. What one turn of the
 * event loop sends goes out in one system call: a commit of the log releases many frames at once. Streams that are full
 * stand in line for room, so that they share what the socket takes.
 */
export abstract class Outbox<Transport extends OutboxTransport = OutboxTransport> {
  private turn: Turn | undefined;
  private waitingBytes = 0;
  private reservedBytes = 0;
  private readonly line: Lane[] = [];
  private isClosed = false;
  private turnsTaken = 0;
  private lastLook = { turnsTaken: 0, untakenBytes: 0, movedAtMs: performance.now() };

  /** @param onMoved is told, now and then, that the peer takes some of what waits for it */
  constructor(
    protected readonly transport: Transport,
    private readonly memory: StreamMemory,
    private readonly onMoved: () => void,
  ) {}

  openLane(): Lane {
    return new Lane(this);
  }

  /** The connection is gone. */
  closed(): void {
    this.isClosed = true;
    this.memory.free('sockets', this.waitingBytes);
    this.waitingBytes = 0;
    this.memory.slowConsumers -= this.line.length;
    for (const lane of this.line.splice(0)) this.admit(lane, 0);
  }

  /**
   * Whether the peer has taken nothing at all for so long, though something waits for it. One that has taken something
   * is alive, even if our pings lie behind what it still has to read.
   */
  isStuck(nowMs: number, stuckMs: number): boolean {
    const { turnsTaken, lastLook } = this;
    const { untakenBytes } = this.transport;
    const hasMoved = turnsTaken !== lastLook.turnsTaken || untakenBytes !== lastLook.untakenBytes;
    if (hasMoved && this.waitingBytes > 0) this.onMoved();
    if (hasMoved || this.waitingBytes === 0) this.lastLook = { turnsTaken, untakenBytes, movedAtMs: nowMs };
    return nowMs - this.lastLook.movedAtMs >= stuckMs;
  }

  /** Says goodbye to a peer that does not read, and does not wait for its answer. */
  giveUp(): void {
    if (!this.transport.isOpen) return;
    this.memory.stuckSockets++;
    this.hangUp();
  }

  /** Ends the connection of a peer that does not read. */
  protected abstract hangUp(): void;

  hand(frames: readonly string[], lane: Lane): void {
    if (frames.length === 0 || !this.transport.isOpen) return;
    const isFirst = this.turn === undefined;
    const turn = (this.turn ??= { bytes: 0, shares: [] });
    let onTaken: (() => void) | undefined;
    if (isFirst) {
      this.transport.cork();
      process.nextTick(this.endTurn);
      onTaken = () => this.taken(turn); // a turn goes out whole: its first frame is taken when all of it is
    }
    let bytes = 0;
    for (const frame of frames) {
      const data = this.waitingBytes + bytes > MOST_WAITING_TEXT ? Buffer.from(frame) : frame;
      this.transport.send(data, onTaken);
      onTaken = undefined;
      bytes += data.length;
    }
    turn.bytes += bytes;
    this.waitingBytes += bytes;
    this.memory.take('sockets', bytes);
    lane.waitingBytes += bytes;
    turn.shares.push({ lane, bytes });
  }

  isFull(lane: Lane): boolean {
    const { stream, socket } = this.windows;
    // Who stands in line must find room before those who are live take it all.
    return lane.waitingBytes > stream || this.waitingBytes > (this.line.length > 0 ? socket / 2 : socket);
  }

  /** @returns as StreamWatcher's `room` */
  roomFor(lane: Lane): Promise<number> {
    if (this.isClosed || !this.transport.isOpen) return Promise.resolve(0);
    return new Promise((resolve) => {
      lane.onRoom = resolve;
      if (this.line.length === 0 && this.hasRoomFor(lane)) return this.admit(lane, this.pageFor(lane));
      this.line.push(lane);
      this.memory.slowConsumers++;
    });
  }

  /** Gives back what was kept free for it, and its place in the line. */
  release(lane: Lane): void {
    if (lane.reservedBytes === 0) return;
    this.reservedBytes -= lane.reservedBytes;
    lane.reservedBytes = 0;
  }

  leave(lane: Lane): void {
    this.release(lane);
    const place = this.line.indexOf(lane);
    if (place >= 0) {
      this.line.splice(place, 1);
      this.memory.slowConsumers--;
    }
    lane.onRoom?.(0);
    this.moveLine();
  }

  private readonly endTurn = (): void => {
    this.turn = undefined;
    this.transport.uncork();
  };

  private taken({ bytes, shares }: Turn): void {
    if (this.isClosed) return;
    this.turnsTaken++;
    this.waitingBytes -= bytes;
    this.memory.free('sockets', bytes);
    for (const share of shares) share.lane.waitingBytes -= share.bytes;
    if (this.line.length > 0) this.moveLine();
  }

  /** Lets those in who have waited longest, as many as there is room for. */
  private moveLine(): void {
    for (let place = 0; place < this.line.length;) {
      const lane = this.line[place]!;
      if (!this.hasRoomFor(lane)) place++;
      else {
        this.line.splice(place, 1);
        this.memory.slowConsumers--;
        this.admit(lane, this.pageFor(lane));
      }
    }
  }

  private admit(lane: Lane, bytes: number): void {
    const { onRoom } = lane;
    lane.onRoom = undefined;
    lane.reservedBytes = bytes;
    this.reservedBytes += bytes;
    onRoom?.(bytes);
  }

  private hasRoomFor(lane: Lane): boolean {
    const { stream, socket } = this.windows;
    const page = this.pageFor(lane);
    return lane.waitingBytes + page <= stream && this.waitingBytes + this.reservedBytes + page <= socket;
  }

  private pageFor(lane: Lane): number {
    return Math.min(lane.wantedBytes, this.windows.page);
  }

  private get windows() {
    return this.memory.isTight ? WINDOWS.tight : WINDOWS.ample;
  }
}

/** One stream's part of an outbox. */
export class Lane implements Pick<StreamWatcher, 'isFull' | 'room'> {
  waitingBytes = 0;
  reservedBytes = 0;
  wantedBytes = 0;
  onRoom: ((bytes: number) => void) | undefined;
  private isClosed = false;

  constructor(private readonly outbox: Outbox) {}

  get isFull(): boolean {
    return this.outbox.isFull(this);
  }

  room(bytes: number): Promise<number> {
    if (this.isClosed) return Promise.resolve(0);
    this.wantedBytes = bytes;
    return this.outbox.roomFor(this);
  }

  send(frames: readonly string[]): void {
    this.outbox.release(this);
    this.outbox.hand(frames, this);
  }

  close(): void {
    this.isClosed = true;
    this.outbox.leave(this);
  }
}
