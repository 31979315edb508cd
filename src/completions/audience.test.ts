import { eventually } from '../../test/support/eventually.js';
import type { LogPage } from '../billing/ledger/stream-log.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { Audience } from './audience.js';
import type { StreamWatcher } from './completion-request.js';

class Watcher implements StreamWatcher {
  readonly frames: string[] = [];
  fate: string | undefined;
  isFull = false;
  private onRoom: ((bytes: number) => void) | undefined;

  room(bytes: number): Promise<number> {
    if (!this.isFull) return Promise.resolve(bytes);
    return new Promise((resolve) => (this.onRoom = resolve));
  }
  makeRoom(): void {
    this.isFull = false;
    this.onRoom?.(1);
  }
  deliver(frames: readonly string[]): void {
    this.frames.push(...frames);
  }
  end(): void {
    this.fate = 'end';
  }
  fail(error: GatewayError): void {
    this.fate = error.code;
  }
}

describe('the audience of a stream', () => {
  const changes: boolean[] = [];
  /** What is logged so far; a page of it is two frames, and comes after some turns of the event loop. */
  let log: string[];
  let hasTerminal: boolean;
  let onRead: () => void;
  let audience: Audience;

  const readPage = async (afterSeq: number): Promise<LogPage> => {
    const page = log.slice(afterSeq, afterSeq + 2);
    const isLast = hasTerminal && afterSeq + 2 >= log.length;
    const rest = page.length === 0 && hasTerminal ? log.slice(-1) : page;
    const firstSeq = page.length === 0 ? log.length : afterSeq + 1;
    onRead();
    await new Promise((resolve) => setImmediate(resolve));
    const row = { firstSeq, lastSeq: firstSeq + rest.length - 1, frames: rest.join('\n') };
    return { rows: rest.length > 0 ? [{ ...row, isTerminal: isLast }] : [], isCut: !isLast, isEnded: hasTerminal };
  };
  const write = (...frames: string[]) => {
    const firstSeq = log.length + 1;
    log.push(...frames);
    audience.deliver(firstSeq, frames);
  };
  const finish = () => {
    hasTerminal = true;
    write('terminal');
    audience.end();
  };

  beforeEach(() => {
    changes.length = 0;
    log = [];
    hasTerminal = false;
    onRead = () => undefined;
    audience = new Audience(readPage, (isWatched) => changes.push(isWatched));
  });

  it('shows whoever was there from the start everything as it comes, without reading it again', () => {
    const watcher = new Watcher();
    onRead = () => expect('read').toBe('not read');
    audience.join(watcher, 0);
    write('a', 'b');
    write('c');
    finish();
    expect(watcher).toMatchObject({ frames: ['a', 'b', 'c', 'terminal'], fate: 'end' });
  });

  it('shows whoever comes late what it has not seen, page by page, and then what is live, each frame once', async () => {
    const watcher = new Watcher();
    write('a', 'b');
    write('c', 'd');
    onRead = () => log.length < 8 && write(`${log.length + 1}`); // goes on while it is being read
    audience.join(watcher, 1);
    await eventually(() => expect(watcher.frames).toHaveLength(7));
    write('live', 'too');
    expect(watcher.frames).toEqual(['b', 'c', 'd', '5', '6', '7', '8', 'live', 'too']);
  });

  it('gives whoever is full nothing until there is room, and then what was missed', async () => {
    const [slow, fast] = [new Watcher(), new Watcher()];
    for (const watcher of [slow, fast]) audience.join(watcher, 0);
    write('a');
    slow.isFull = true;
    write('b', 'c');
    write('d');
    expect(slow.frames).toEqual(['a']);
    expect(fast.frames).toEqual(['a', 'b', 'c', 'd']);
    slow.makeRoom();
    await eventually(() => expect(slow.frames).toEqual(['a', 'b', 'c', 'd']));
    write('e');
    finish();
    for (const watcher of [slow, fast])
      expect(watcher).toMatchObject({ frames: ['a', 'b', 'c', 'd', 'e', 'terminal'], fate: 'end' });
  });

  it('shows the end to whoever was behind when the stream ended, and to whoever comes after it', async () => {
    const [behind, late, beyond] = [new Watcher(), new Watcher(), new Watcher()];
    behind.isFull = true;
    audience.join(behind, 0);
    write('a', 'b', 'c');
    finish();
    audience.join(late, 2);
    audience.join(beyond, 99);
    behind.makeRoom();
    await eventually(() => expect(behind.fate).toBe('end'));
    await eventually(() => expect([late.fate, beyond.fate]).toEqual(['end', 'end']));
    expect([behind.frames, late.frames, beyond.frames]).toEqual([
      ['a', 'b', 'c', 'terminal'],
      ['c', 'terminal'],
      ['terminal'],
    ]);
  });

  it('shows an end that only the log has, once', async () => {
    const watcher = new Watcher();
    audience.join(watcher, 0);
    write('a');
    log.push('terminal of another node');
    hasTerminal = true;
    audience.endByLog();
    await eventually(() => expect(watcher.fate).toBe('end'));
    expect(watcher.frames).toEqual(['a', 'terminal of another node']);
  });

  it('tells whoever reads a log that is gone, and whoever comes to a stream that failed', async () => {
    const [behind, late] = [new Watcher(), new Watcher()];
    behind.isFull = true;
    audience.join(behind, 0);
    write('a');
    finish();
    log = [];
    behind.makeRoom();
    await eventually(() => expect(behind.fate).toBe('UNAVAILABLE'));
    audience.fail(new GatewayError('INTERNAL', 'x'));
    audience.join(late, 0);
    expect(late.fate).toBe('INTERNAL');
  });

  it('shows nothing to whoever has left, behind or not', async () => {
    const watcher = new Watcher();
    write('a', 'b', 'c');
    onRead = () => audience.leave(watcher);
    audience.join(watcher, 0);
    await new Promise((resolve) => setTimeout(resolve));
    write('d');
    expect(watcher.frames).toEqual([]);
    expect(changes).toEqual([true, false]);
  });

  it('tells when the last one leaves and when somebody comes', () => {
    const [one, two] = [new Watcher(), new Watcher()];
    audience.join(one, 0);
    audience.join(two, 0);
    audience.leave(one);
    audience.leave(one);
    audience.leave(two);
    expect(changes).toEqual([true, true, false]);
  });
});
