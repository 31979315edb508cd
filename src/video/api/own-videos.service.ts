import { Inject, Injectable } from '@nestjs/common';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { orUnavailable } from '../../database/or-unavailable.js';
import { isOver } from '../life/video-state.js';
import { VideoListing } from '../store/video-listing.store.js';
import type { VideoRecord } from '../store/video-record.js';
import { VideoStore } from '../store/video.store.js';
import { VideoFiles } from '../video-files.service.js';
import { VideoOrders } from '../video-orders.service.js';
import { isVideoId } from './video-id.js';
import { readVideosCursor, videosCursor } from './videos-cursor.js';
import type { VideosQuery } from './videos-query.dto.js';

/** A user's own videos. Another user's are as unknown as those that never were. */
@Injectable()
export class OwnVideos {
  constructor(
    @Inject(VideoStore) private readonly store: VideoStore,
    @Inject(VideoListing) private readonly listing: VideoListing,
    @Inject(VideoOrders) private readonly orders: VideoOrders,
    @Inject(VideoFiles) private readonly files: VideoFiles,
  ) {}

  /** @throws GatewayError NOT_FOUND, UNAVAILABLE */
  async find(userId: string, videoId: string): Promise<VideoRecord> {
    const video = isVideoId(videoId) ? await orUnavailable(this.store.findOwn(userId, videoId)) : undefined;
    if (!video) throw noSuchVideo();
    return video;
  }

  /** @throws GatewayError UNAVAILABLE */
  async page(userId: string, query: VideosQuery): Promise<{ videos: VideoRecord[]; nextCursor: string | null }> {
    const { cursor, limit, from, to, ...rest } = query;
    const filter = { ...rest, ...(from ? { from: new Date(from) } : {}), ...(to ? { to: new Date(to) } : {}) };
    const after = cursor === undefined ? undefined : readVideosCursor(cursor);
    const found = await orUnavailable(this.listing.page(userId, filter, limit + 1, after));
    const videos = found.slice(0, limit);
    return { videos, nextCursor: found.length > limit ? videosCursor(videos.at(-1)!.id) : null };
  }

  /**
   * Stops a video that is not over, removes the files of one that is; what is known of it stays. The same again changes nothing.
   * @throws GatewayError NOT_FOUND; CONFLICT: it is made and being brought here; UNAVAILABLE
   */
  async remove(userId: string, videoId: string): Promise<VideoRecord> {
    const video = await this.find(userId, videoId);
    if (!isOver(video.state)) return this.orders.cancel(userId, videoId);
    // Copies: the first file of two steps is none of the row's any more.
    const hasFiles = video.copies > 0 || (video.media ?? video.thumbnail ?? video.input) !== null;
    if (video.mediaDeletedAt || !hasFiles) return video;
    await orUnavailable(this.files.remove(video));
    return this.find(userId, videoId);
  }
}

function noSuchVideo(): GatewayError {
  return new GatewayError('NOT_FOUND', 'There is no such video.');
}
