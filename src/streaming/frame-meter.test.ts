import fc from 'fast-check';
import { FrameMeter, PIECE_BYTES } from './frame-meter.js';

interface TestFrame {
  opcode: number;
  isLast: boolean;
  payload: Buffer;
}

/** A client's frame: masked, its length in the shortest form (RFC 6455, 5.2). */
function encode({ opcode, isLast, payload }: TestFrame): Buffer {
  const { length } = payload;
  const extended = length < 126 ? [] : length < 65_536 ? [length >> 8, length & 255] : [0, 0, 0, 0, ...int32(length)];
  const short = length < 126 ? length : length < 65_536 ? 126 : 127;
  return Buffer.concat([Buffer.from([(isLast ? 0x80 : 0) | opcode, 0x80 | short, ...extended, 1, 2, 3, 4]), payload]);
}
const int32 = (value: number) => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
const text = (bytes: number, isLast = true): TestFrame => ({ opcode: 1, isLast, payload: Buffer.alloc(bytes) });
const more = (bytes: number, isLast: boolean): TestFrame => ({ opcode: 0, isLast, payload: Buffer.alloc(bytes) });
const ping: TestFrame = { opcode: 9, isLast: true, payload: Buffer.from('hi') };

/** Whether a message ended, and whether one is on its way, for each piece. */
function read(...pieces: Buffer[]): [ended: boolean, unfinishedBytes: number][] {
  const meter = new FrameMeter();
  return pieces.map((piece) => [meter.read(piece), meter.unfinishedBytes]);
}

describe('the meter of unfinished messages', () => {
  it('counts nothing of whole messages, however long and however many', () => {
    for (const bytes of [0, 1, 125, 126, 65_535, 65_536, 1_000_000])
      expect(read(Buffer.concat([encode(text(bytes)), encode(ping), encode(text(bytes))]))).toEqual([[true, 0]]);
  });

  it('counts what came of one that is not whole, and a piece for each read', () => {
    const frame = encode(text(200_000));
    const [begun, on, ended] = read(frame.subarray(0, 1), frame.subarray(1, 100_001), frame.subarray(100_001));
    expect(begun).toEqual([false, 1 + PIECE_BYTES]);
    expect(on).toEqual([false, 100_001 + 2 * PIECE_BYTES]);
    expect(ended).toEqual([true, 0]);
  });

  it('counts fragments by their number as well, and what is sent between them', () => {
    const fragments = Buffer.concat([
      encode(text(1, false)),
      encode(ping),
      encode(more(0, false)),
      encode(more(1, false)),
    ]);
    expect(read(fragments, encode(more(0, true)))).toEqual([
      [false, fragments.length + 5 * PIECE_BYTES],
      [true, 0],
    ]);
  });

  it('begins anew with what follows a message in the same read', () => {
    const next = encode(text(10)).subarray(0, 9);
    expect(read(Buffer.concat([encode(text(50_000)), next]))).toEqual([[true, next.length + PIECE_BYTES]]);
  });

  it('sees the same ends however the bytes are cut', () => {
    const payload = fc.integer({ min: 0, max: 70_000 }).map((bytes) => Buffer.alloc(bytes));
    const message = fc
      .tuple(payload, fc.array(payload, { maxLength: 3 }))
      .map(([first, rest]) => [
        { opcode: 1, isLast: rest.length === 0, payload: first },
        ...rest.flatMap((part, index) => [ping, { opcode: 0, isLast: index === rest.length - 1, payload: part }]),
      ]);
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), fc.integer({ min: 1, max: 5_000 }), (messages, step) => {
        const bytes = Buffer.concat(messages.flat().map(encode));
        const meter = new FrameMeter();
        for (let at = 0; at < bytes.length; at += step) meter.read(bytes.subarray(at, at + step));
        expect(meter.unfinishedBytes).toBe(0);
        if (bytes.length === 0) return;
        const cut = new FrameMeter();
        cut.read(bytes.subarray(0, -1));
        expect(cut.unfinishedBytes).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });

  it('takes any bytes at all, as it is not its to refuse them', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (pieces) => {
        const meter = new FrameMeter();
        for (const piece of pieces) meter.read(Buffer.from(piece));
        expect(meter.unfinishedBytes).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
