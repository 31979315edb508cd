/** Events that wait for a slow reader, on one socket; the oldest beyond it are dropped. */
const MOST_WAITING = 100;

/** A part of a connection of its own, as a session's sockets have it for each stream. */
export interface EventLane {
  readonly isFull: boolean;
  /** Resolves when there is room; with 0 where the connection is gone. */
  room(bytes: number): Promise<number>;
  send(frames: readonly string[]): void;
  close(): void;
}

/**
 * The events that go out on one socket. A reader that is too slow for them gets the newest of each subject, when it can
 * take them again.
 */
export class EventOutbox {
  private readonly waiting = new Map<string, string>();
  private isFlushing = false;

  constructor(private readonly lane: EventLane) {}

  /** @param subject what the event is about: while it waits, a later one takes its place */
  send(subject: string, frame: string): void {
    if (this.waiting.size === 0 && !this.lane.isFull) return this.lane.send([frame]);
    this.waiting.delete(subject); // so that the newest is the last
    this.waiting.set(subject, frame);
    if (this.waiting.size > MOST_WAITING) this.waiting.delete(this.waiting.keys().next().value!);
    if (!this.isFlushing) void this.flush();
  }

  /** The connection is gone. */
  close(): void {
    this.waiting.clear();
    this.lane.close();
  }

  private async flush(): Promise<void> {
    this.isFlushing = true;
    while (this.waiting.size > 0) {
      const room = await this.lane.room(this.waitingBytes());
      if (room === 0)
        this.waiting.clear(); // closed meanwhile
      else this.lane.send(this.take(room));
    }
    this.isFlushing = false;
  }

  private waitingBytes(): number {
    let bytes = 0;
    for (const frame of this.waiting.values()) bytes += frame.length;
    return bytes;
  }

  /** The oldest that fit, at least one. */
  private take(bytes: number): string[] {
    const frames: string[] = [];
    let taken = 0;
    for (const [subject, frame] of this.waiting) {
      taken += frame.length;
      if (taken > bytes && frames.length > 0) break;
      this.waiting.delete(subject);
      frames.push(frame);
    }
    return frames;
  }
}
