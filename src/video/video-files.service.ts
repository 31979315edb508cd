import { Inject, Injectable } from '@nestjs/common';
import { MediaStore } from '../media/media-store.js';
import { VideoStore } from './store/video.store.js';
import type { VideoRecord } from './store/video-record.js';

/** Removes the files of videos that are over; what is known of them stays. */
@Injectable()
export class VideoFiles {
  constructor(
    @Inject(VideoStore) private readonly store: VideoStore,
    @Inject(MediaStore) private readonly media: MediaStore,
  ) {}

  /** First the files, then the note: whoever dies in between does it again. @throws what the store failed with */
  async remove({ id, media, thumbnail, input }: VideoRecord): Promise<void> {
    for (const file of [media, thumbnail, input]) if (file) await this.media.delete(file.key);
    await this.store.filesDeleted(id);
  }
}
