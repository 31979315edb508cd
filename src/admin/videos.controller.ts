import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentIdentity, Requires } from '../auth/auth.decorators.js';
import type { Identity } from '../auth/identity.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { orUnavailable } from '../database/or-unavailable.js';
import { readVideosCursor, videosCursor } from '../video/api/videos-cursor.js';
import { AdministeredVideos } from '../video/store/administered-videos.store.js';
import { VideoAdministration } from './video-administration.js';
import { administeredVideo } from './video-view.js';
import { AdminVideoResponse, AdminVideosResponse, ResolveVideoRequest } from './videos.dto.js';
import { AdminVideosQuery, filterOf } from './videos-query.dto.js';

/** Everybody's videos, for administrators, who see nothing of what users wrote. */
@ApiTags('admin')
@Controller('api/mcp/admin/videos')
@Requires('admin')
export class AdminVideosController {
  constructor(
    @Inject(AdministeredVideos) private readonly videos: AdministeredVideos,
    @Inject(VideoAdministration) private readonly administration: VideoAdministration,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Videos of all users, newest first; flagged=true: those that an operator has to look at' })
  @ApiOkResponse({ type: AdminVideosResponse })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'UNAVAILABLE')
  async page(@Query() query: AdminVideosQuery): Promise<AdminVideosResponse> {
    const { limit, cursor } = query;
    const after = cursor === undefined ? undefined : readVideosCursor(cursor);
    const found = await orUnavailable(this.videos.page(filterOf(query), limit + 1, after));
    const page = found.slice(0, limit);
    return {
      videos: page.map(administeredVideo),
      nextCursor: found.length > limit ? videosCursor(page.at(-1)!.id) : null,
    };
  }

  @Post(':videoId/resolve')
  @HttpCode(200)
  @ApiOperation({ summary: 'Notes what came of a flagged video; no money moves' })
  @ApiParam({ name: 'videoId' })
  @ApiOkResponse({ type: AdminVideoResponse })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'UNAVAILABLE')
  async resolve(
    @CurrentIdentity() { userId: by }: Identity,
    @Param('videoId') videoId: string,
    @Body() { resolution, note }: ResolveVideoRequest,
  ): Promise<AdminVideoResponse> {
    return administeredVideo(await this.administration.resolve(videoId, { resolution, note, by }));
  }
}
