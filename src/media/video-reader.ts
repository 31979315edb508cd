import { Inject, Injectable } from '@nestjs/common';
import { buffer } from 'node:stream/consumers';
import { noSuchFile } from './media-key.js';
import { MediaStore } from './media-store.js';
import { readMp4, type VideoFacts } from './mp4/read-mp4.js';

/** Reads what stored videos are. */
@Injectable()
export class VideoReader {
  constructor(@Inject(MediaStore) private readonly store: MediaStore) {}

  /**
   * What a stored video's bytes say of it; a few small reads, however long it is.
   * @throws UnplayableVideoError where it is no MP4 that can be played; GatewayError NOT_FOUND; what the store fails with
   */
  async read(key: string): Promise<VideoFacts> {
    const file = await this.store.stat(key);
    if (!file) throw noSuchFile();
    const read = async (first: number, last: number) => buffer(await this.store.read(key, { first, last }));
    return readMp4({ bytes: file.bytes, read });
  }
}
