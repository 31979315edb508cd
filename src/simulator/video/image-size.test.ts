import { readStill } from './clip-folder.js';
import { imageSize } from './image-size.js';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGP4z8AAQQhaAQBYEgX7T8ThWAAAAABJRU5ErkJggg==';

describe('the size of a picture', () => {
  it('is read from PNG, JPEG and WebP', async () => {
    expect(imageSize(Buffer.from(PNG, 'base64'))).toEqual({ width: 3, height: 2 });
    const size = { width: 1280, height: 720 };
    expect(imageSize((await readStill(size, 'webp'))!)).toEqual(size);
    // ten pictures, each a fifth as large
    expect(imageSize((await readStill(size, 'jpg'))!)).toEqual({ width: 1280, height: 288 });
  });

  it('is unknown of anything else, and of what ends too early', async () => {
    expect(imageSize(Buffer.from('<html></html>'))).toBeUndefined();
    expect(imageSize(Buffer.alloc(0))).toBeUndefined();
    const jpeg = (await readStill({ width: 1280, height: 720 }, 'jpg'))!;
    expect(imageSize(jpeg.subarray(0, 20))).toBeUndefined();
  });
});
