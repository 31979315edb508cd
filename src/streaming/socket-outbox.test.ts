import { setImmediate as nextTurn } from 'node:timers/promises';
import { StreamMemory } from '../completions/stream-memory.js';
import { parseEnvironment } from '../config/environment.js';
import { SocketOutbox, type SocketTransport } from './socket-outbox.js';

const KIB = 1024;
const PAGE = 128 * KIB;
const frame = (bytes: number) => 'x'.repeat(bytes);

/** A peer that takes what it is given when the test says so, as a kernel does: everything that waits, or a part of it. */
class Peer implements SocketTransport {
  isOpen = true;
  untakenBytes = 0;
  readonly received: (string | Buffer)[] = [];
  readonly calls: string[] = [];
  private readonly callbacks: (() => void)[] = [];

  cork = () => void this.calls.push('cork');
  uncork = () => void this.calls.push('uncork');
  close = (code: number) => void this.calls.push(`close ${code}`);
  terminate = () => void this.calls.push('terminate');
  send(text: string | Buffer, onTaken: (() => void) | undefined): void {
    this.calls.push('send');
    this.received.push(text);
    this.untakenBytes += text.length;
    if (onTaken) this.callbacks.push(onTaken);
  }
  takeAll(): void {
    this.untakenBytes = 0;
    for (const callback of this.callbacks.splice(0)) callback();
  }
}

describe('the outbox of a socket', () => {
  let memory: StreamMemory;
  let peer: Peer;
  let outbox: SocketOutbox;
  let moves: number;
  beforeEach(() => {
    memory = new StreamMemory(parseEnvironment({}));
    peer = new Peer();
    moves = 0;
    outbox = new SocketOutbox(peer, memory, () => moves++);
  });

  it('sends what belongs to one turn in one piece', async () => {
    const lane = outbox.openLane();
    lane.send(['a', 'b']);
    outbox.send(['c']);
    expect(peer.calls).toEqual(['cork', 'send', 'send', 'send']);
    await nextTurn();
    expect(peer.calls.at(-1)).toBe('uncork');
    expect(memory.counters.sockets).toBe(3);
    peer.takeAll();
    expect(memory.counters.sockets).toBe(0);
  });

  it('keeps what has to wait as bytes, which cost less than text', () => {
    outbox.send([frame(16 * KIB), 'a']);
    outbox.send(['ü']);
    expect(peer.received.slice(1)).toEqual(['a', Buffer.from('ü')]);
    expect(memory.counters.sockets).toBe(16 * KIB + 3);
  });

  it('calls a stream full when 256 KiB of it wait, and gives it a page of room once they are taken', async () => {
    const [slow, other] = [outbox.openLane(), outbox.openLane()];
    slow.send([frame(256 * KIB)]);
    expect(slow.isFull).toBe(false);
    slow.send([frame(1)]);
    expect([slow.isFull, other.isFull]).toEqual([true, false]);
    let room: number | undefined;
    void slow.room(PAGE).then((bytes) => (room = bytes));
    await nextTurn();
    expect([room, memory.slowConsumers]).toEqual([undefined, 1]);
    peer.takeAll();
    await nextTurn();
    expect([room, memory.slowConsumers, slow.isFull]).toEqual([PAGE, 0, false]);
  });

  it('lets the streams of a socket have 1 MiB together, one after the other', async () => {
    const lanes = Array.from({ length: 20 }, () => outbox.openLane());
    const served: number[] = [];
    lanes.forEach((lane, index) => void lane.room(PAGE).then(() => served.push(index)));
    await nextTurn();
    expect(served).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(memory.slowConsumers).toBe(12);
    lanes[0]!.send([]); // had nothing to read after all: its room is another's
    await nextTurn();
    peer.takeAll();
    for (const index of [1, 2]) lanes[index]!.send([frame(PAGE)]);
    await nextTurn();
    expect(served).toHaveLength(8);
    peer.takeAll();
    await nextTurn();
    expect(served.slice(8)).toEqual([8, 9, 10]);
    lanes[3]!.close();
    await nextTurn();
    expect(served.slice(11)).toEqual([11]);
  });

  it('leaves half of a socket to those who stand in line', async () => {
    const [live, behind] = [outbox.openLane(), outbox.openLane()];
    behind.send([frame(300 * KIB)]);
    live.send([frame(250 * KIB)]);
    expect(live.isFull).toBe(false);
    void behind.room(PAGE);
    await nextTurn();
    expect(live.isFull).toBe(true);
  });

  it('gives small portions where the process is short of memory, to whoever has taken everything', async () => {
    memory.take('unlogged', 40 * KIB * KIB);
    const lane = outbox.openLane();
    expect(await lane.room(PAGE)).toBe(16 * KIB);
    lane.send([frame(16 * KIB + 1)]);
    expect(lane.isFull).toBe(true);
  });

  it('passes a frame on that is larger than everything', async () => {
    const lane = outbox.openLane();
    expect(await lane.room(PAGE)).toBe(PAGE);
    lane.send([frame(5 * KIB * KIB)]);
    const next = lane.room(PAGE);
    peer.takeAll();
    expect(await next).toBe(PAGE);
  });

  it('tells those in line that it is closed, and owes nothing then', async () => {
    const lane = outbox.openLane();
    lane.send([frame(300 * KIB)]);
    const waiting = lane.room(PAGE);
    outbox.closed();
    peer.takeAll();
    expect(await waiting).toBe(0);
    expect(await outbox.openLane().room(PAGE)).toBe(0);
    expect(memory.counters).toMatchObject({ totalBytes: 0, slowConsumers: 0 });
  });

  it('tells a lane that is closed', async () => {
    const lane = outbox.openLane();
    lane.send([frame(300 * KIB)]);
    const waiting = lane.room(PAGE);
    lane.close();
    expect([await waiting, await lane.room(PAGE), memory.slowConsumers]).toEqual([0, 0, 0]);
  });

  it('gives up a peer that has asked for a megabyte of answers and reads none of them', () => {
    const error = frame(KIB);
    for (let count = 0; count < 1_024; count++) outbox.send([error]);
    expect(peer.calls).not.toContain('close 4413');
    outbox.send([error]);
    expect(peer.calls.at(-1)).toBe('close 4413');
  });

  it('is stuck when nothing at all is taken for so long, be it ever so little', async () => {
    expect(outbox.isStuck(1_000, 100)).toBe(false);
    expect(outbox.isStuck(2_000, 100)).toBe(false); // nothing waits
    outbox.send([frame(1_000), frame(1_000)]);
    await nextTurn();
    expect(outbox.isStuck(3_000, 100)).toBe(false);
    expect(outbox.isStuck(3_099, 100)).toBe(false);
    peer.untakenBytes -= 1;
    expect(outbox.isStuck(3_100, 100)).toBe(false);
    expect([outbox.isStuck(3_200, 100), moves]).toEqual([true, 2]);
    outbox.giveUp();
    expect(peer.calls.at(-1)).toBe('close 4413');
    expect(memory.counters.stuckSockets).toBe(1);
  });
});
