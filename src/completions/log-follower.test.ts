import { Logger } from '@nestjs/common';
import { eventually } from '../../test/support/eventually.js';
import type { LoggedFrames, LogPage, StoredRequest, StreamLog } from '../billing/ledger/stream-log.js';
import type { GatewayError } from '../common/errors/gateway-error.js';
import type { StreamWatcher } from './completion-request.js';
import { LogFollower } from './log-follower.js';

const KEY = { accountId: 'user:a', requestId: 'ws:1' };

class Watcher implements StreamWatcher {
  readonly isFull = false;
  readonly frames: string[] = [];
  fate: unknown;
  hasRoom = true;
  room = (bytes: number): Promise<number> =>
    this.hasRoom ? Promise.resolve(bytes) : new Promise<number>(() => undefined);
  deliver = (frames: readonly string[]) => void this.frames.push(...frames);
  end = () => void (this.fate = 'end');
  fail = (error: GatewayError) => void (this.fate = error.toBody());
}

describe('the follower of streams that are not written here', () => {
  let looksAtMs: number[];
  let rows: LoggedFrames[];
  let trouble: Error | undefined;
  let isEnded: boolean;
  let follower: LogFollower;
  let watcher: Watcher;

  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(true));
  beforeEach(() => {
    looksAtMs = [];
    rows = [];
    trouble = undefined;
    isEnded = false;
    follower = new LogFollower({ readPage, find: () => Promise.resolve(STORED) } as unknown as StreamLog);
    watcher = new Watcher();
  });
  afterEach(() => follower.onApplicationShutdown());

  const STORED = {
    outcome: { model: 'm', usage: { inputTokens: 2, outputTokens: 3 } },
    charged: 7n,
  } as unknown as StoredRequest;
  const readPage = (_key: unknown, afterSeq: number): Promise<LogPage> => {
    looksAtMs.push(performance.now());
    if (trouble) return Promise.reject(trouble);
    return Promise.resolve({ rows: rows.filter(({ lastSeq }) => lastSeq > afterSeq), isCut: false, isEnded });
  };
  const write = (seq: number, isTerminal = false) =>
    rows.push({ firstSeq: seq, lastSeq: seq, frames: `frame ${seq}`, isTerminal });
  const pauses = (from: number) => looksAtMs.slice(from + 1).map((atMs, index) => atMs - looksAtMs[from + index]!);

  it('looks at a quiet stream less and less often, and often again once there is news', async () => {
    follower.follow(KEY, watcher, 0);
    await eventually(() => expect(pauses(0).at(-1)).toBeGreaterThan(450));
    expect(looksAtMs.length).toBeLessThan(12);
    write(1);
    await eventually(() => expect(watcher.frames).toEqual(['frame 1']));
    const { length } = looksAtMs;
    await eventually(() => expect(looksAtMs.length).toBeGreaterThan(length + 2));
    expect(Math.min(...pauses(length - 1))).toBeLessThan(200);
    write(2, true);
    await eventually(() => expect(watcher.fate).toBe('end'));
    expect(watcher.frames).toEqual(['frame 1', 'frame 2']);
  });

  it('does not look for a watcher that has no room, nor for one that has gone', async () => {
    watcher.hasRoom = false;
    follower.follow(KEY, watcher, 0);
    const other = new Watcher();
    const stop = follower.follow(KEY, other, 0);
    await eventually(() => expect(looksAtMs).toHaveLength(3));
    stop();
    write(1, true);
    const third = new Watcher();
    follower.follow(KEY, third, 0);
    await eventually(() => expect(third.fate).toBe('end'));
    expect([watcher.frames, other.frames]).toEqual([[], []]);
  });

  it('waits for a database in trouble, and tells of a fault of ours', async () => {
    trouble = Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
    follower.follow(KEY, watcher, 0);
    await eventually(() => expect(looksAtMs).toHaveLength(2));
    trouble = undefined;
    write(1, true);
    await eventually(() => expect(watcher).toMatchObject({ frames: ['frame 1'], fate: 'end' }));
    trouble = new TypeError('a fault');
    const other = new Watcher();
    follower.follow(KEY, other, 0);
    await eventually(() => expect(other.fate).toMatchObject({ code: 'INTERNAL' }));
  });

  it('says what was used of a stream whose frames are gone', async () => {
    isEnded = true;
    follower.follow(KEY, watcher, 0);
    await eventually(() =>
      expect(watcher.fate).toMatchObject({
        code: 'RESUME_EXPIRED',
        details: { usage: { promptTokens: 2, completionTokens: 3, totalTokens: 5, credits: 0.000007 }, model: 'm' },
      }),
    );
  });
});
