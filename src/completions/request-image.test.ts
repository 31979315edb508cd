import { jpegHeaderOf, pngOf } from '../../test/support/images.js';
import { MOST_IMAGE_BYTES, readImage } from './request-image.js';

const data = pngOf(4, 4);
const png = { type: 'image', data, mediaType: 'image/png' };

describe('an image', () => {
  it('may be an address, which nobody looks up', () => {
    const url = 'https://example.com/a.png?sig=1%2F2';
    expect(readImage({ url })).toEqual({ type: 'image', url });
    expect(readImage({ url: 'http://example.com/a.png' })).toMatchObject({ type: 'image' });
  });

  it('may be bytes, which say themselves what they are', () => {
    expect(readImage({ data })).toEqual(png);
    expect(readImage({ data, mediaType: 'image/jpeg' })).toEqual(png);
    expect(readImage({ data: jpegHeaderOf(2, 2), mediaType: 'image/jpg' })).toMatchObject({ mediaType: 'image/jpeg' });
  });

  it('may be bytes in a data: URL', () => {
    expect(readImage({ url: `data:image/png;base64,${data}` })).toEqual(png);
    expect(readImage({ url: `DATA:image/png;charset=x;BASE64,${data}` })).toEqual(png);
    expect(readImage({ url: `data:;base64,${data}` })).toEqual(png);
  });

  it.each([
    [{}, /^must have url or data, one of them$/],
    [{ url: 'https://example.com', data }, /one of them/],
    [{ url: 'ftp://example.com/a.png' }, /http or https address/],
    [{ url: 'file:///etc/passwd' }, /http or https address/],
    [{ url: 'https://' }, /http or https address/],
    [{ url: 'https://example.com/a b' }, /http or https address/],
    [{ url: 'https://example.com/\0' }, /http or https address/],
    [{ url: `https://example.com/${'a'.repeat(8_192)}` }, /at most 8192 characters/],
    [{ url: `data:image/png,${data}` }, /data: URL in base64/],
    [{ url: 'data:image/png;base64' }, /data: URL in base64/],
    [{ url: `data:image/svg+xml;base64,${data}` }, /image\/png, image\/jpeg, image\/gif or image\/webp$/],
    [{ data, mediaType: 'application/pdf' }, /image\/webp$/],
    [{ data: '' }, /in base64/],
    [{ data: `${data.slice(0, 40)}\n${data.slice(40)}` }, /without line breaks/],
    [{ data: 'A'.repeat(41) }, /in base64/],
    [{ data: 'aGVsbG8gd29ybGQ=' }, /its bytes are none of these/],
    [{ data: 'A'.repeat((MOST_IMAGE_BYTES * 4) / 3 + 8) }, /at most 10 MiB; send larger ones by their url/],
  ])('may not be %.60j', (source, fault) => expect(readImage(source)).toMatch(fault));

  it('of the largest size is read in a moment', () => {
    const large = data.slice(0, 64) + 'A'.repeat(13_000_000);
    const start = performance.now();
    expect(readImage({ data: large })).toMatchObject({ mediaType: 'image/png' });
    expect(performance.now() - start).toBeLessThan(200);
  });
});
