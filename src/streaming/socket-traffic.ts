import { Injectable } from '@nestjs/common';
import type { ErrorCode } from '../common/errors/error-codes.js';

/** What was refused: the opening of a socket, or a frame on one. */
export type RefusedOn = 'upgrade' | 'frame';

/** What goes in and out of this node's sockets, counted since its start; plain numbers, as every frame passes here. */
@Injectable()
export class SocketTraffic {
  open = 0;
  opened = 0;
  framesIn = 0;
  framesOut = 0;
  /** Characters of frames (mostly ASCII, so bytes). */
  bytesIn = 0;
  bytesOut = 0;
  /** By close code. */
  readonly closed = new Map<number, number>();
  /** By what was refused, and why. */
  readonly refused: Record<RefusedOn, Map<ErrorCode, number>> = { upgrade: new Map(), frame: new Map() };

  opens(): void {
    this.open++;
    this.opened++;
  }

  closes(code: number): void {
    this.open--;
    this.closed.set(code, (this.closed.get(code) ?? 0) + 1);
  }

  received(bytes: number): void {
    this.framesIn++;
    this.bytesIn += bytes;
  }

  sent(bytes: number): void {
    this.framesOut++;
    this.bytesOut += bytes;
  }

  refuses(what: RefusedOn, code: ErrorCode): void {
    const counts = this.refused[what];
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
}
