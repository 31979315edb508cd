import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { GatewayError } from '../common/errors/gateway-error.js';
import { SLOWEST_BYTES } from '../common/http/read-json-body.js';
import type { BodyShare } from '../limits/body-budget.js';
import { RequestBodies } from '../limits/request-bodies.js';
import { FrameMeter } from './frame-meter.js';

/** How late a slow message may be found. */
const LOOK_EVERY_MS = 1_000;
/** Less than what a socket takes anyhow: most messages are whole with the next read, and no matter of a budget. */
const UNCOUNTED_BYTES = 16 * 1024;

/** Whose messages they are, and what is to be done. */
export interface MessageReader {
  userId: string;
  /** Something came, whatever it was. */
  onHeard: () => void;
  /** Nothing more is to be read. Called once. */
  onRefused: (error: GatewayError) => void;
}

/**
 * Messages that have begun and not ended, on all sockets of this node. What they take counts in the budget of the bodies
 * that are being read over REST, by what came of them: ws keeps each of them until it is whole. Nobody may take longer
 * over one than over a body.
 */
@Injectable()
export class UnfinishedMessages implements BeforeApplicationShutdown {
  private readonly slow = new Set<IncomingMessages>();
  private readonly timer: NodeJS.Timeout;

  constructor(@Inject(RequestBodies) private readonly bodies: RequestBodies) {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /**
   * @param transport that ws reads from; to be watched from its first byte on
   * @returns ends it, and gives back what was counted
   */
  watch(transport: Pick<Readable, 'on'>, reader: MessageReader): () => void {
    const incoming = new IncomingMessages(this.bodies, reader, this.slow);
    transport.on('data', (chunk: Buffer) => incoming.read(chunk));
    return () => incoming.close();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const nowMs = performance.now();
    for (const incoming of this.slow) incoming.look(nowMs, this.bodies.timeoutMs);
  }
}

/** Of one socket. */
class IncomingMessages {
  private readonly meter = new FrameMeter();
  private beganMs = 0;
  private countedBytes = 0;
  private share: BodyShare | undefined;
  private isOver = false;

  constructor(
    private readonly bodies: RequestBodies,
    private readonly reader: MessageReader,
    private readonly slow: Set<IncomingMessages>,
  ) {}

  read(chunk: Buffer): void {
    this.reader.onHeard();
    if (this.meter.read(chunk)) this.forget();
    const { unfinishedBytes } = this.meter;
    if (unfinishedBytes === 0 || this.isOver) return;
    if (!this.slow.has(this)) {
      this.slow.add(this);
      this.beganMs = performance.now();
    }
    if (unfinishedBytes > UNCOUNTED_BYTES) this.count(unfinishedBytes);
  }

  look(nowMs: number, timeoutMs: number): void {
    const allowedMs = timeoutMs + (this.meter.unfinishedBytes / SLOWEST_BYTES) * 1_000;
    if (nowMs - this.beganMs <= allowedMs) return;
    this.refuse(new GatewayError('VALIDATION_ERROR', 'The message was not sent in time.'));
  }

  close(): void {
    this.isOver = true;
    this.forget();
  }

  private count(bytes: number): void {
    try {
      this.share ??= this.bodies.open(this.reader.userId);
      this.share.take(bytes - this.countedBytes);
      this.countedBytes = bytes;
    } catch (error) {
      this.refuse(GatewayError.from(error));
    }
  }

  /** What was counted stays so until the socket is closed, and ws gives it back. */
  private refuse(error: GatewayError): void {
    this.isOver = true;
    this.slow.delete(this);
    this.reader.onRefused(error);
  }

  private forget(): void {
    this.slow.delete(this);
    this.share?.close();
    this.share = undefined;
    this.countedBytes = 0;
  }
}
