import { EventOutbox, type EventLane } from './event-outbox.js';

/** A lane that takes what the test lets it take. */
class TestLane implements EventLane {
  readonly sent: string[] = [];
  isFull = false;
  isClosed = false;
  wantedBytes = 0;
  admit: (bytes: number) => void = () => undefined;

  room(bytes: number): Promise<number> {
    this.wantedBytes = bytes;
    return new Promise((resolve) => (this.admit = resolve));
  }

  send(frames: readonly string[]): void {
    this.sent.push(...frames);
  }

  close(): void {
    this.isClosed = true;
    this.admit(0);
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('EventOutbox', () => {
  let lane: TestLane;
  let outbox: EventOutbox;

  beforeEach(() => {
    lane = new TestLane();
    outbox = new EventOutbox(lane);
  });

  it('sends at once while the reader keeps up', () => {
    outbox.send('balance', '1');
    outbox.send('balance', '2');
    expect(lane.sent).toEqual(['1', '2']);
  });

  it('keeps the newest of each subject for a slow reader, in the order in which they were told last', async () => {
    lane.isFull = true;
    outbox.send('balance', 'b1');
    outbox.send('request', 'r1');
    outbox.send('balance', 'b2');
    expect(lane.sent).toEqual([]);
    lane.isFull = false;
    outbox.send('other', 'o1'); // not before those that wait
    lane.admit(1_000);
    await turn();
    expect(lane.sent).toEqual(['r1', 'b2', 'o1']);
    outbox.send('balance', 'b3');
    expect(lane.sent.at(-1)).toBe('b3');
  });

  it('gives a reader what it has room for, one event at least', async () => {
    lane.isFull = true;
    for (const frame of ['aaaa', 'bbbb', 'cccc']) outbox.send(frame, frame);
    lane.admit(9);
    await turn();
    expect(lane.sent).toEqual(['aaaa', 'bbbb']);
    expect(lane.wantedBytes).toBe(4);
    lane.admit(1);
    await turn();
    expect(lane.sent).toEqual(['aaaa', 'bbbb', 'cccc']);
  });

  it('holds a hundred at most, and drops the oldest', async () => {
    lane.isFull = true;
    for (let index = 0; index < 150; index++) outbox.send(`subject ${index}`, `${index}`);
    lane.admit(1e6);
    await turn();
    expect(lane.sent).toEqual(Array.from({ length: 100 }, (_, index) => `${index + 50}`));
  });

  it('forgets everything when the connection is gone', async () => {
    lane.isFull = true;
    outbox.send('balance', 'b1');
    outbox.close();
    await turn();
    expect([lane.sent, lane.isClosed]).toEqual([[], true]);
  });
});
