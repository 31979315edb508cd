import { Controller, Get, Header, Inject, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { HealthCheckService } from '@nestjs/terminus';
import type { Response } from 'express';
import { ApiErrors } from '../common/http/api-errors.js';
import { IntakeHealth } from '../completions/intake-health.js';
import { ConfigurationHealth } from '../config/gateway-config/configuration-health.js';
import { DatabaseHealth } from '../database/database-health.js';
import { ProvidersHealth } from '../orchestrator/providers-health.js';
import { VideosHealth } from '../video/punctuality/videos-health.js';
import { OPERATIONS_SECURITY } from './operations-token.js';
import { HealthDetail, LiveResponse, ReadyResponse } from './health.dto.js';

/** For orchestrators of containers and load balancers; behind OPS_TOKEN where that is set. */
@ApiTags('operations')
@ApiSecurity(OPERATIONS_SECURITY)
@ApiSecurity({})
@ApiExtraModels(HealthDetail)
@Controller('health')
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(DatabaseHealth) private readonly database: DatabaseHealth,
    @Inject(IntakeHealth) private readonly intake: IntakeHealth,
    @Inject(ProvidersHealth) private readonly providers: ProvidersHealth,
    @Inject(ConfigurationHealth) private readonly configuration: ConfigurationHealth,
    @Inject(VideosHealth) private readonly videos: VideosHealth,
  ) {}

  @Get('live')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Whether the process runs' })
  @ApiOkResponse({ type: LiveResponse })
  @ApiErrors('UNAUTHORIZED')
  live(): LiveResponse {
    return { status: 'ok' };
  }

  @Get('ready')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Whether this node is to be sent requests' })
  @ApiOkResponse({ type: ReadyResponse, description: 'ok or degraded' })
  @ApiResponse({ status: 503, type: ReadyResponse, description: 'error or shutting_down' })
  @ApiErrors('UNAUTHORIZED')
  async ready(@Res({ passthrough: true }) response: Response): Promise<ReadyResponse> {
    try {
      const parts = [this.database, this.intake, this.providers, this.configuration, this.videos];
      const checks = parts.map((part) => () => part.check());
      return (await this.health.check(checks)) as ReadyResponse;
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      response.status(error.getStatus());
      return error.getResponse() as ReadyResponse;
    }
  }
}
