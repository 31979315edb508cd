import { Inject, Injectable } from '@nestjs/common';
import { MediaStore } from '../media/media-store.js';
import { copyKeys } from './life/copy-keys.js';
import type { UnreadVideo } from './store/video-record.js';
import { VideoSweeps } from './store/video-sweeps.store.js';

/** Removes the files of videos that are over; what is known of them stays. */
@Injectable()
export class VideoFiles {
  constructor(
    @Inject(VideoSweeps) private readonly sweeps: VideoSweeps,
    @Inject(MediaStore) private readonly media: MediaStore,
  ) {}

  /** First the files, then the note: whoever dies in between does it again. @throws what the store failed with */
  async remove({ id, media, thumbnail, input, copies }: UnreadVideo): Promise<void> {
    for (const file of [media, thumbnail, input]) if (file) await this.media.delete(file.key);
    for (let copy = 1; copy <= copies; copy++) await this.removeCopy(id, copy);
    await this.sweeps.filesDeleted(id);
  }

  /** What one copy of it has left. @throws what the store failed with */
  async removeCopy(id: string, copy: number): Promise<void> {
    for (const key of copyKeys(id, copy)) await this.media.delete(key);
  }
}
