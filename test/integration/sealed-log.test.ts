import { FrameCipher } from '../../src/billing/ledger/frame-cipher.js';
import { Ledger } from '../../src/billing/ledger/ledger.js';
import { StreamLog } from '../../src/billing/ledger/stream-log.js';
import { TextCipher } from '../../src/common/encryption/text-cipher.js';
import { LedgerPool } from '../../src/database/ledger-pool.js';
import { append, finish, hold, LedgerBench } from '../support/ledger-bench.js';

const KEY = { accountId: 'user:ann', requestId: 'ws:1' };
const cipherOf = (byte: number) =>
  new TextCipher({ keys: [{ id: `key-${byte}`, key: Buffer.alloc(32, byte).toString('base64') }], isOff: false });

/** Loses the connection once, just behind a commit of the log. */
class LosingPool extends LedgerPool {
  private isToLose = true;

  override async query<T extends object>(name: string, text: string, values?: readonly unknown[]): Promise<T[]> {
    const rows = await super.query<T>(name, text, values);
    if (name !== 'append_batch' || !this.isToLose) return rows;
    this.isToLose = false;
    throw new Error('the connection was lost');
  }
}

let bench: LedgerBench;
let ledger: Ledger;
let log: StreamLog;
beforeAll(async () => {
  bench = await LedgerBench.open();
  await bench.grant(KEY.accountId, 10_000n);
});
afterAll(() => bench.close());
beforeEach(async () => {
  ledger = new Ledger(bench.pool, cipherOf(1));
  await bench.pool.query('beat', 'SELECT * FROM ledger.beat($1, $2)', [ledger.nodeId, 60_000]);
  log = new StreamLog(bench.pool, cipherOf(1));
});

const framesOf = async (key: typeof KEY) => (await log.readPage(key, 0, 1e6)).rows.map(({ frames }) => frames);
const stored = async (key: typeof KEY) => {
  const { rows } = await bench.owner.query<{ frames: string }>(
    'SELECT frames FROM ledger.stream_chunk WHERE request_id = $1 ORDER BY seq_first',
    [key.requestId],
  );
  return rows.map(({ frames }) => frames);
};

test('rows and the terminal frame are sealed; the ledger writes credits and balance beside it, and it is given as it is sent', async () => {
  await hold(ledger, KEY);
  await append(ledger, KEY, 1, '{"secret":1}\n{"secret":2}');
  const end = await finish(ledger, KEY, 2, 500n);
  expect(end).toMatchObject({ result: 'settled', frame: '{"seq":2,"credits":0.0005,"balance":0.0095}' });
  expect(await framesOf(KEY)).toEqual(['{"secret":1}\n{"secret":2}', end.frame]);
  expect(await stored(KEY)).toEqual([
    expect.stringMatching(/^enc1:key-1:[A-Za-z0-9+/]+=*$/),
    expect.stringMatching(/^enc1:key-1:[A-Za-z0-9+/]+=* 0\.0005 0\.0095$/),
  ]);
  expect(await finish(ledger, KEY, 2, 500n)).toMatchObject({ result: 'duplicate', frame: end.frame });
  expect(await bench.faults()).toEqual([]);
});

test('a batch whose outcome was unknown is the same row when it is run again', async () => {
  const key = { ...KEY, requestId: 'ws:2' };
  const pool = new LosingPool({ connectionString: bench.database.url });
  try {
    const writer = new Ledger(pool, cipherOf(1));
    await pool.query('beat', 'SELECT * FROM ledger.beat($1, $2)', [writer.nodeId, 60_000]);
    await hold(writer, key);
    expect(await append(writer, key, 1)).toMatchObject({ result: 'duplicate', tail: 1 });
  } finally {
    await pool.close();
  }
  expect(await framesOf(key)).toEqual(['{"seq":1}']);
});

test('without its key, or in the place of another row, a row is an error of its reader alone', async () => {
  const key = { ...KEY, requestId: 'ws:3' };
  await hold(ledger, key);
  await append(ledger, key, 1);
  await append(ledger, key, 2);
  const strange = new StreamLog(bench.pool, cipherOf(2));
  await expect(strange.readPage(key, 0, 1e6)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await bench.owner.query(
    `UPDATE ledger.stream_chunk c SET frames = o.frames FROM ledger.stream_chunk o
     WHERE c.request_id = $1 AND o.request_id = $1 AND c.seq_first = 1 AND o.seq_first = 2`,
    [key.requestId],
  );
  await expect(log.readPage(key, 0, 1e6)).rejects.toMatchObject({ code: 'INTERNAL' });
  expect((await log.readPage(key, 1, 1e6)).rows).toMatchObject([{ frames: '{"seq":2}' }]);
});

test('what the reaper writes of a stream that its node left behind is read behind sealed rows', async () => {
  const key = { ...KEY, requestId: 'ws:4' };
  await hold(ledger, key);
  await append(ledger, key, 1);
  await bench.kill(ledger);
  await bench.owner.query(`SELECT * FROM ledger.reap('{"seq":\u0003,"credits":\u0001}', 10, false, 0)`);
  expect(await framesOf(key)).toEqual(['{"seq":1}', expect.stringMatching(/^\{"seq":2,"credits":[0-9.]+\}$/)]);
});

test('a kept end is sealed anew with what the ledger wrote into it', () => {
  const frames = new FrameCipher(cipherOf(1));
  const template = '{"credits":\u0001,"balance":\u0002}';
  const kept = frames.sealEnd(KEY, template).replace('\u0001', '1.5').replace('\u0002', '20');
  const keys = [2, 1].map((byte) => ({ id: `key-${byte}`, key: Buffer.alloc(32, byte).toString('base64') }));
  const rotating = new FrameCipher(new TextCipher({ keys, isOff: false }));
  const anew = rotating.resealEnd(KEY, kept)!;
  expect(anew).toMatch(/^enc1:key-2:/);
  expect(new FrameCipher(cipherOf(2)).openEnd(KEY, anew)).toBe('{"credits":1.5,"balance":20}');
  expect(rotating.resealEnd(KEY, anew)).toBeUndefined();
  const off = new FrameCipher(new TextCipher({ keys, isOff: true }));
  expect(off.resealEnd(KEY, kept)).toBe('{"credits":1.5,"balance":20}');
});
