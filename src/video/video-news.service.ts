import { Inject, Injectable, Logger } from '@nestjs/common';
import { UserEventHub } from '../events/user-events.js';
import { VideoView } from './api/video-view.js';
import { VideoStore } from './store/video.store.js';
import type { VideoRecord } from './store/video-record.js';

/** Tells a video's user, on whichever node, how it stands. News that is lost is no harm: the status has it. */
@Injectable()
export class VideoNews {
  private readonly logger = new Logger(VideoNews.name);

  constructor(
    @Inject(VideoStore) private readonly store: VideoStore,
    @Inject(VideoView) private readonly view: VideoView,
    @Inject(UserEventHub) private readonly events: UserEventHub,
  ) {}

  /** Tells why a video is late, if it is. Never throws. */
  async tellDelay(video: VideoRecord): Promise<void> {
    if (await this.view.delayOf(video)) await this.tell(video.id);
  }

  /** Never throws. */
  async tell(videoId: string): Promise<void> {
    try {
      const video = await this.store.find(videoId);
      if (!video) return;
      const { event, data } = await this.view.eventOf(video);
      this.events.publish(video.userId, 'videos', event, data);
    } catch (error) {
      this.logger.warn(`The news of video ${videoId} could not be told: ${(error as Error).message}`);
    }
  }
}
