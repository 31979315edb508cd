import { jpegHeaderOf, pngOf } from '../../../test/support/images.js';
import { readImageHeader } from './image-header.js';

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');
const webp = (chunk: string) => base64(`RIFF\x00\x00\x00\x00WEBP${chunk}`.padEnd(40, '\x00'));

describe('the header of an image', () => {
  it.each([
    ['a PNG', pngOf(321, 123), 'image/png', { width: 321, height: 123 }],
    ['a JPEG', jpegHeaderOf(4000, 3000), 'image/jpeg', { width: 4000, height: 3000 }],
    ['a JPEG after 900 kB of comments', jpegHeaderOf(4000, 3000, 900_000), 'image/jpeg', { width: 4000, height: 3000 }],
    ['a GIF', base64('GIF89a\x40\x01\xf0\x00'), 'image/gif', { width: 320, height: 240 }],
    [
      'a lossy WebP',
      webp('VP8 \x00\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\x40\x01\xf0\x00'),
      'image/webp',
      { width: 320, height: 240 },
    ],
    ['a lossless WebP', webp('VP8L\x00\x00\x00\x00\x2f\x3f\xc1\x3b\x00'), 'image/webp', { width: 320, height: 240 }],
    [
      'an extended WebP',
      webp('VP8X\x00\x00\x00\x00\x00\x00\x00\x00\x3f\x01\x00\xef\x00\x00'),
      'image/webp',
      { width: 320, height: 240 },
    ],
  ])('of %s tells its kind and size', (_name, data, mediaType, size) => {
    expect(readImageHeader(data)).toEqual({ mediaType, size });
  });

  it.each([
    ['is cut off', base64('\x89PNG\r\n\x1a\n\x00\x00')],
    ['says 0', pngOf(0, 10)],
  ])('tells no size where it %s', (_name, data) => expect(readImageHeader(data)).toEqual({ mediaType: 'image/png' }));

  it('tells no size of a JPEG that never gets to it', () => {
    const endless = base64(`\xff\xd8${'\xff'.repeat(5_000)}`);
    expect(readImageHeader(endless)).toEqual({ mediaType: 'image/jpeg' });
    expect(readImageHeader(base64('\xff\xd8\xff\xe0\x00\x00\xff\xe0\x00\x00'))).toEqual({ mediaType: 'image/jpeg' });
  });

  it.each(['', 'AAAA', base64('<svg xmlns="http://www.w3.org/2000/svg"/>'), base64('RIFF1234WAVEfmt ')])(
    'is none: %s',
    (data) => expect(readImageHeader(data)).toBeUndefined(),
  );
});
