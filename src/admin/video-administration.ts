import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { orUnavailable } from '../database/or-unavailable.js';
import { isVideoId } from '../video/api/video-id.js';
import {
  AdministeredVideos,
  type AdministeredVideo,
  type VideoVerdict,
} from '../video/store/administered-videos.store.js';

/** What operators say of videos that they had to look at. It moves no money: what is owed to a user is a grant. */
@Injectable()
export class VideoAdministration {
  constructor(
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(AdministeredVideos) private readonly videos: AdministeredVideos,
  ) {}

  /**
   * Notes what came of a flagged video. The same again changes nothing and is no further act; another word takes its place.
   * @throws GatewayError NOT_FOUND; CONFLICT: it is not flagged; UNAVAILABLE
   */
  async resolve(videoId: string, verdict: VideoVerdict): Promise<AdministeredVideo> {
    const video = isVideoId(videoId) ? await orUnavailable(this.videos.find(videoId)) : undefined;
    if (!video) throw new GatewayError('NOT_FOUND', 'There is no such video.');
    if (!video.isFlagged) throw new GatewayError('CONFLICT', 'The video is not flagged: there is nothing to resolve.');
    const { resolution, note, by } = verdict;
    if (video.resolution === resolution && video.note === note) return video;
    const resolved = await this.audit.act(
      {
        actor: `user:${by}`,
        action: 'admin.video.resolve',
        subject: video.userId, // whose texts are erased with the note
        details: { video: video.id, resolution, reason: note },
      },
      () => orUnavailable(this.videos.resolve(video.id, verdict)),
    );
    return resolved ?? video;
  }
}
