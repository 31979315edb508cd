import { Audience } from './audience.js';
import type { StreamWatcher } from './completion-request.js';

class Watcher implements StreamWatcher {
  readonly frames: string[] = [];
  fate: string | undefined;
  deliver(frames: readonly string[]): void {
    this.frames.push(...frames);
  }
  end(): void {
    this.fate = 'end';
  }
  fail(): void {
    this.fate = 'fail';
  }
}
const row = (firstSeq: number, ...frames: string[]) => ({
  firstSeq,
  lastSeq: firstSeq + frames.length - 1,
  frames: frames.join('\n'),
  isTerminal: false,
});

describe('the audience of a stream', () => {
  const changes: boolean[] = [];
  let audience: Audience;
  beforeEach(() => {
    changes.length = 0;
    audience = new Audience((isWatched) => changes.push(isWatched));
  });

  it('shows whoever was there from the start everything as it comes', () => {
    const watcher = new Watcher();
    audience.joinAtStart(watcher);
    audience.deliver(1, ['a', 'b']);
    audience.deliver(3, ['c']);
    audience.end();
    expect(watcher).toMatchObject({ frames: ['a', 'b', 'c'], fate: 'end' });
  });

  it('keeps what comes live back until the log is read, and shows each frame once', async () => {
    const watcher = new Watcher();
    await audience.join(watcher, 1, () => {
      audience.deliver(4, ['d']); // logged after the join, and perhaps in what the log gives as well
      audience.deliver(5, ['e']);
      return Promise.resolve([row(1, 'a', 'b'), row(3, 'c'), row(4, 'd')]);
    });
    audience.deliver(6, ['f']);
    expect(watcher.frames).toEqual(['b', 'c', 'd', 'e', 'f']);
  });

  it('shows the end to whoever still read the log when the stream ended, and to whoever comes after', async () => {
    const [reading, late] = [new Watcher(), new Watcher()];
    await audience.join(reading, 0, () => {
      audience.deliver(2, ['terminal']);
      audience.end();
      return Promise.resolve([row(1, 'a')]);
    });
    expect(reading).toMatchObject({ frames: ['a', 'terminal'], fate: 'end' });
    await audience.join(late, 1, () => Promise.resolve([row(1, 'a'), row(2, 'terminal')]));
    expect(late).toMatchObject({ frames: ['terminal'], fate: 'end' });
  });

  it('lets somebody go whose log could not be read', async () => {
    const watcher = new Watcher();
    await expect(audience.join(watcher, 0, () => Promise.reject(new Error('no database')))).rejects.toThrow(
      'no database',
    );
    audience.deliver(1, ['a']);
    expect(watcher.frames).toEqual([]);
    expect(changes).toEqual([true, false]);
  });

  it('tells when the last one leaves and when somebody comes', () => {
    const [one, two] = [new Watcher(), new Watcher()];
    audience.joinAtStart(one);
    audience.joinAtStart(two);
    audience.leave(one);
    audience.leave(one);
    audience.leave(two);
    expect(changes).toEqual([true, true, false]);
  });
});
