import { Controller, Delete, Get, Header, Inject, Param, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { CurrentIdentity, Requires } from '../../auth/auth.decorators.js';
import type { Identity } from '../../auth/identity.js';
import { ApiErrors } from '../../common/http/api-errors.js';
import { ConnectionLimits } from '../../limits/connection-limits.js';
import type { VideoRecord } from '../store/video-record.js';
import { OwnVideos } from './own-videos.service.js';
import { requestOrigin } from './request-origin.js';
import { videoDetails } from './video-details.js';
import { VideoDetailsResponse, VideosResponse } from './video-details.dto.js';
import { VideoStatusResponse } from './video-status.dto.js';
import { VideoView } from './video-view.js';
import { VideosQuery } from './videos-query.dto.js';

/** A user's own videos. */
@ApiTags('video')
@Controller('api/mcp/videos')
@Requires('video')
export class VideosController {
  constructor(
    @Inject(OwnVideos) private readonly videos: OwnVideos,
    @Inject(VideoView) private readonly view: VideoView,
    @Inject(ConnectionLimits) private readonly limits: ConnectionLimits,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: "One's own videos, newest first, with all that is known of them" })
  @ApiOkResponse({ type: VideosResponse })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'RATE_LIMIT_EXCEEDED', 'UNAVAILABLE')
  async page(
    @CurrentIdentity() { userId }: Identity,
    @Query() query: VideosQuery,
    @Req() request: Request,
  ): Promise<VideosResponse> {
    await this.limits.assertRequest(userId);
    const { videos, nextCursor } = await this.videos.page(userId, query);
    return { videos: await Promise.all(videos.map((video) => this.details(video, request))), nextCursor };
  }

  @Get(':videoId')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'All that is known of a video' })
  @ApiParam({ name: 'videoId' })
  @ApiOkResponse({ type: VideoDetailsResponse })
  @ApiErrors('UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'RATE_LIMIT_EXCEEDED', 'UNAVAILABLE')
  async look(
    @CurrentIdentity() { userId }: Identity,
    @Param('videoId') videoId: string,
    @Req() request: Request,
  ): Promise<VideoDetailsResponse> {
    await this.limits.assertRequest(userId);
    return this.details(await this.videos.find(userId, videoId), request);
  }

  @Delete(':videoId')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Cancels a video that is not over; removes the files of one that is. What is known of it stays',
  })
  @ApiParam({ name: 'videoId' })
  @ApiOkResponse({ type: VideoStatusResponse })
  @ApiErrors('UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'RATE_LIMIT_EXCEEDED', 'UNAVAILABLE')
  async remove(
    @CurrentIdentity() { userId }: Identity,
    @Param('videoId') videoId: string,
    @Req() request: Request,
  ): Promise<VideoStatusResponse> {
    await this.limits.assertRequest(userId);
    return this.view.statusOf(await this.videos.remove(userId, videoId), requestOrigin(request));
  }

  private async details(video: VideoRecord, request: Request): Promise<VideoDetailsResponse> {
    return videoDetails(video, await this.view.statusOf(video, requestOrigin(request)));
  }
}
