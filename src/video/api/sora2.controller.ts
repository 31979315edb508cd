import { Body, Controller, Get, Header, Headers, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentIdentity, Requires } from '../../auth/auth.decorators.js';
import type { Identity } from '../../auth/identity.js';
import { RoleTable } from '../../auth/role-table.js';
import { ApiErrors } from '../../common/http/api-errors.js';
import { ConnectionLimits } from '../../limits/connection-limits.js';
import { GenerateVideoRequest, GenerateVideoResponse } from './generate-video.dto.js';
import { readIdempotencyKey } from './idempotency-key.js';
import { OrdersVideo } from './orders-video.js';
import { OwnVideos } from './own-videos.service.js';
import { requestOrigin } from './request-origin.js';
import { customerOf } from './video-customer.js';
import { VideoGeneration } from './video-generation.service.js';
import { VideoStatusResponse } from './video-status.dto.js';
import { VideoView } from './video-view.js';

/** The given routes of videos. */
@ApiTags('video')
@Controller('api/mcp/sora2')
@Requires('video')
export class Sora2Controller {
  constructor(
    @Inject(VideoGeneration) private readonly generation: VideoGeneration,
    @Inject(OwnVideos) private readonly videos: OwnVideos,
    @Inject(VideoView) private readonly view: VideoView,
    @Inject(ConnectionLimits) private readonly limits: ConnectionLimits,
    @Inject(RoleTable) private readonly roles: RoleTable,
  ) {}

  @Post('generate')
  @ApiOperation({ summary: 'Orders a video; its credits are held now and charged when it can be played' })
  @OrdersVideo('Names the order: the same key and body again answers the same video, and nothing is ordered twice')
  @ApiOkResponse({ type: GenerateVideoResponse })
  async generate(
    @CurrentIdentity() identity: Identity,
    @Body() body: GenerateVideoRequest,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<GenerateVideoResponse> {
    await this.limits.assertRequest(identity.userId);
    return this.generation.generate(
      customerOf(identity, this.roles, response),
      body,
      readIdempotencyKey(idempotencyKey),
    );
  }

  @Get('status/:videoId')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'How a video stands, and where it is once it can be played' })
  @ApiParam({ name: 'videoId' })
  @ApiOkResponse({ type: VideoStatusResponse })
  @ApiErrors('UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'RATE_LIMIT_EXCEEDED', 'UNAVAILABLE')
  async status(
    @CurrentIdentity() { userId }: Identity,
    @Param('videoId') videoId: string,
    @Req() request: Request,
  ): Promise<VideoStatusResponse> {
    await this.limits.assertRequest(userId);
    return this.view.statusOf(await this.videos.find(userId, videoId), requestOrigin(request));
  }
}
