import { makeClip } from '../../../test/support/video-clips.js';
import type { ByteSource } from './mp4-outline.js';
import { readMp4 } from './read-mp4.js';

/** Remembers what was asked for. */
function sourceOf(bytes: Buffer): ByteSource & { asked: number } {
  return {
    asked: 0,
    bytes: bytes.length,
    read(first, last) {
      this.asked += last - first + 1;
      return Promise.resolve(bytes.subarray(first, last + 1));
    },
  };
}

const read = (bytes: Buffer) => readMp4(sourceOf(bytes));
const box = (type: string, ...content: Buffer[]) => {
  const body = Buffer.concat(content);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(body.length + 8);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, body]);
};
const ftyp = box('ftyp', Buffer.from('isom\0\0\0\0isom'));

describe('an MP4', () => {
  let clip: Buffer;
  beforeAll(async () => {
    clip = await makeClip({ seconds: 2 });
  });

  test('says how large, how long and what it is, its description behind its pictures', async () => {
    expect(clip.indexOf('moov')).toBeGreaterThan(clip.indexOf('mdat'));
    const source = sourceOf(clip);
    expect(await readMp4(source)).toEqual({ width: 320, height: 180, seconds: 2, frames: 20, codec: 'avc' });
    expect(source.asked).toBeLessThan(clip.length / 2);
  });

  test('says the same with its description first', async () => {
    const fast = await makeClip({ seconds: 2, output: ['-movflags', '+faststart'] });
    expect(fast.indexOf('moov')).toBeLessThan(fast.indexOf('mdat'));
    expect(await read(fast)).toEqual({ width: 320, height: 180, seconds: 2, frames: 20, codec: 'avc' });
  });

  test('that is turned is as large as it is shown', async () => {
    const turned = Buffer.from(clip);
    const matrix = turned.indexOf('tkhd') + 4 + 40;
    [0, 0x10000, 0, -0x10000, 0, 0].forEach((value, index) => {
      turned.writeInt32BE(value, matrix + [0, 4, 8, 12, 16, 20][index]!);
    });
    expect(await read(turned)).toMatchObject({ width: 180, height: 320 });
  });

  test('with pixels that are not square is as large as it is shown', async () => {
    const wide = await makeClip({ output: ['-vf', 'setsar=2/1'] });
    expect(await read(wide)).toMatchObject({ width: 640, height: 180 });
  });

  test.each([
    ['without a summary', '+frag_keyframe+empty_moov'],
    ['with one', '+frag_keyframe+empty_moov+default_base_moof'],
  ])('in fragments is as long as they are together, %s', async (_name, flags) => {
    const fragmented = await makeClip({ seconds: 3, output: ['-g', '10', '-movflags', flags] });
    expect(fragmented.toString('latin1').split('moof').length).toBeGreaterThan(3);
    const { seconds, ...facts } = await read(fragmented);
    expect(facts).toEqual({ width: 320, height: 180, frames: 30, codec: 'avc' });
    expect(seconds).toBeCloseTo(3, 5);
  });

  test.each([24, 25, 30, 60, 240])('of %i pictures a second has them counted', async (framesPerSecond) => {
    const { seconds, frames } = await read(await makeClip({ seconds: 2, framesPerSecond }));
    expect([seconds, frames]).toEqual([2, 2 * framesPerSecond]);
  });

  test('of 29.97 pictures a second, or of uneven ones, has them counted too', async () => {
    const ntsc = await read(await makeClip({ seconds: 2, framesPerSecond: '30000/1001' }));
    expect(ntsc.frames / ntsc.seconds).toBeCloseTo(29.97, 2);
    const uneven = ['-vf', "select='lt(n,10)+not(mod(n,5))'", '-vsync', 'vfr'];
    const { frames } = await read(await makeClip({ seconds: 2, framesPerSecond: 30, output: uneven }));
    expect(frames).toBe(20);
  });

  test('whose header tells less than its tables is as long as its tables say', async () => {
    const short = Buffer.from(clip);
    const at = short.indexOf('mdhd') + 4 + 16;
    short.writeUInt32BE(short.readUInt32BE(at) / 20, at);
    expect(await read(short)).toMatchObject({ seconds: 2, frames: 20 });
  });

  test('cut off anywhere is none', async () => {
    const places = Array.from({ length: 60 }, (_, index) => Math.floor((clip.length * index) / 60));
    for (const place of [...places, clip.length - 1])
      await expect(read(clip.subarray(0, place))).rejects.toMatchObject({ name: 'UnplayableVideoError' });
  });

  test('damaged anywhere in its description is read or refused, and nothing else fails', async () => {
    const moov = clip.indexOf('moov');
    for (let at = moov + 4; at < clip.length; at += 3) {
      const damaged = Buffer.from(clip);
      damaged.fill(0xff, at, Math.min(at + 4, clip.length));
      await read(damaged).catch((error: Error) => expect(error.name).toBe('UnplayableVideoError'));
    }
  });

  test.each(['stts', 'ctts', 'stsz'])('whose %s claims four billion pictures costs no more than any', async (table) => {
    const bomb = Buffer.from(await makeClip({ seconds: 1, output: ['-bf', '2'] }));
    const at = bomb.indexOf(table) + 4;
    expect(at).toBeGreaterThan(4);
    if (table === 'stsz') bomb.writeUInt32BE(1, at + 4);
    bomb.writeUInt32BE(0xffff_ffff, at + 8);
    const began = performance.now();
    const before = process.memoryUsage().heapUsed;
    await read(bomb).catch((error: Error) => expect(error.name).toBe('UnplayableVideoError'));
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50e6);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test('whose fragment claims four billion pictures of one length is not unfolded', async () => {
    const fragmented = Buffer.from(await makeClip({ output: ['-movflags', '+frag_keyframe+empty_moov'] }));
    const at = fragmented.indexOf('trun') + 4;
    fragmented.writeUInt32BE(fragmented.readUInt32BE(at) & ~0x100, at);
    fragmented.writeUInt32BE(0xffff_ffff, at + 4);
    const { seconds } = await read(fragmented);
    expect(seconds).toBeGreaterThan(1e6);
  });
});

describe('what is no MP4 that can be played', () => {
  test.each<[string, () => Promise<Buffer> | Buffer, string]>([
    ['nothing', () => Buffer.alloc(0), 'it is no MP4'],
    ['a page', () => Buffer.from('<html>'.repeat(100)), 'a box is longer than what holds it'],
    ['a WebM', () => makeClip({ extension: 'webm', output: ['-c:v', 'libvpx'] }), 'a box is longer than what holds it'],
    ['a QuickTime movie', () => makeClip({ extension: 'mov' }), 'it is no MP4'],
    ['sound alone', () => makeClip({ extension: 'm4a' }), 'it has no pictures'],
    ['a beginning alone', () => ftyp, 'it has no pictures'],
    ['a description without pictures', () => Buffer.concat([ftyp, box('moov'), box('mdat')]), 'it has no pictures'],
    ['something else first', () => Buffer.concat([box('free'), ftyp]), 'it does not begin as an MP4 does'],
    [
      'a box of no length',
      () => Buffer.concat([ftyp, Buffer.from('\0\0\0\x04free')]),
      'a box is longer than what holds it',
    ],
    ['ten thousand boxes', () => Buffer.concat([ftyp, Buffer.alloc(80_000, box('free'))]), 'it has too many boxes'],
    [
      'forty million bytes of description',
      () => Buffer.concat([ftyp, box('moov', Buffer.alloc(40e6))]),
      'its description is too long',
    ],
  ])('%s', async (_name, make, reason) => {
    await expect(read(await make())).rejects.toMatchObject({ name: 'UnplayableVideoError', reason });
  });

  test('pictures without an end in time', async () => {
    const clip = Buffer.from(await makeClip());
    clip.writeUInt32BE(0, clip.indexOf('mdhd') + 4 + 16);
    clip.writeUInt32BE(0, clip.indexOf('stts') + 4 + 12);
    await expect(read(clip)).rejects.toMatchObject({ reason: 'it has no length' });
  });

  test.each([0, 0xffff_ffff])('pictures that are %i in number', async (number) => {
    const clip = Buffer.from(await makeClip());
    clip.writeUInt32BE(number, clip.indexOf('stsz') + 4 + 8);
    await expect(read(clip)).rejects.toMatchObject({ reason: 'its pictures can not be counted' });
  });

  test('a source that fails is told as it failed', async () => {
    const source = { bytes: 100, read: () => Promise.reject(new Error('the disk is gone')) };
    await expect(readMp4(source)).rejects.toThrow('the disk is gone');
  });
});
