import { Inject, Injectable } from '@nestjs/common';
import { orUnavailable } from '../database/or-unavailable.js';
import { MediaOwners } from '../media/media-owners.js';
import { VideoStore } from './store/video.store.js';

/** Whose a video's files are: their keys begin with its id. */
@Injectable()
export class VideoFileOwners extends MediaOwners {
  constructor(@Inject(VideoStore) private readonly store: VideoStore) {
    super();
  }

  /** @throws GatewayError UNAVAILABLE */
  async mayRead(key: string, userId: string): Promise<boolean> {
    const [videoId = ''] = key.split('.', 1);
    return (await orUnavailable(this.store.findOwn(userId, videoId))) !== undefined;
  }
}
