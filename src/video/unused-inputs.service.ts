import { Inject, Injectable } from '@nestjs/common';
import { MediaStore } from '../media/media-store.js';
import { INPUT_KEYS_BEGIN, InputKeys } from './life/input-keys.js';
import { VideoSweeps } from './store/video-sweeps.store.js';

const KEYS_AT_ONCE = 500;

/** Removes inputs of workflows that no video builds on: the process died before it had stored the video. */
@Injectable()
export class UnusedInputs {
  constructor(
    @Inject(VideoSweeps) private readonly sweeps: VideoSweeps,
    @Inject(MediaStore) private readonly media: MediaStore,
    @Inject(InputKeys) private readonly keys: InputKeys,
  ) {}

  /** Of anybody. @returns how many were removed @throws what the store or the database failed with */
  remove(olderThanMs: number): Promise<number> {
    return this.removeAll(INPUT_KEYS_BEGIN, olderThanMs);
  }

  /** Of that user, however new. @returns how many were removed @throws what the store or the database failed with */
  removeOf(userId: string): Promise<number> {
    return this.removeAll(this.keys.beginOf(userId), 0);
  }

  private async removeAll(begin: string, olderThanMs: number): Promise<number> {
    const youngest = Date.now() - olderThanMs;
    let removed = 0;
    let keys: string[] = [];
    for await (const { key, modifiedAt } of this.media.list(begin)) {
      if (olderThanMs === 0 || modifiedAt.getTime() <= youngest) keys.push(key); // a bucket's clock may differ from ours
      if (keys.length < KEYS_AT_ONCE) continue;
      removed += await this.removeUnused(keys);
      keys = [];
    }
    return removed + (await this.removeUnused(keys));
  }

  private async removeUnused(keys: readonly string[]): Promise<number> {
    if (keys.length === 0) return 0;
    const inUse = await this.sweeps.inputsInUse(keys);
    const unused = keys.filter((key) => !inUse.has(key));
    for (const key of unused) await this.media.delete(key);
    return unused.length;
  }
}
