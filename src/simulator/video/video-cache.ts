import { LRUCache } from 'lru-cache';
import { buildVideo } from './build-video.js';
import { readClip } from './clip-folder.js';
import { sizeText, type Size } from './size.js';

const CACHE_BYTES = 32 * 1024 * 1024;

/** The videos that were made last, and those being made. All jobs of a size and a length share one. */
export class VideoCache {
  #videos = new LRUCache<string, Buffer>({ maxSize: CACHE_BYTES, sizeCalculation: (bytes) => bytes.length });
  #making = new Map<string, Promise<Buffer>>();

  /** An MP4 of a size that a clip has, and so many seconds. */
  async video(size: Size, seconds: number): Promise<Buffer> {
    const key = `${sizeText(size)} ${seconds}`;
    const kept = this.#videos.get(key);
    if (kept) return kept;
    const making = this.#making.get(key) ?? this.#make(key, size, seconds);
    this.#making.set(key, making);
    return making;
  }

  async #make(key: string, size: Size, seconds: number): Promise<Buffer> {
    try {
      const bytes = await buildVideo(await readClip(size), seconds);
      this.#videos.set(key, bytes);
      return bytes;
    } finally {
      this.#making.delete(key);
    }
  }
}
