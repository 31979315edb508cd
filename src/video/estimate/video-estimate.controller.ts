import { Body, Controller, Header, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentIdentity, Requires } from '../../auth/auth.decorators.js';
import type { Identity } from '../../auth/identity.js';
import { ApiErrors } from '../../common/http/api-errors.js';
import { ConnectionLimits } from '../../limits/connection-limits.js';
import { VideoEstimateRequest, VideoEstimateResponse } from './video-estimate.dto.js';
import { VideoEstimates } from './video-estimates.service.js';

/** What videos would cost. */
@ApiTags('video')
@Controller('api/mcp/estimate/video')
@Requires('video')
export class VideoEstimateController {
  constructor(
    @Inject(VideoEstimates) private readonly estimates: VideoEstimates,
    @Inject(ConnectionLimits) private readonly limits: ConnectionLimits,
  ) {}

  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'What a video would be, who would make it and what it would cost; nothing is held or sent' })
  @ApiOkResponse({ type: VideoEstimateResponse })
  @ApiErrors(
    'VALIDATION_ERROR',
    'UNAUTHORIZED',
    'FORBIDDEN',
    'PAYLOAD_TOO_LARGE',
    'UNSUPPORTED_VIDEO',
    'RATE_LIMIT_EXCEEDED',
    'UNAVAILABLE',
  )
  async estimate(
    @CurrentIdentity() identity: Identity,
    @Body() body: VideoEstimateRequest,
  ): Promise<VideoEstimateResponse> {
    await this.limits.assertRequest(identity.userId);
    return this.estimates.estimate(identity, body);
  }
}
