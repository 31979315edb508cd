import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiErrors } from '../common/http/api-errors.js';
import { OPERATIONS_SECURITY } from '../health/operations-token.js';
import { MetricsRegistry } from './metrics-registry.js';

/** For Prometheus; behind OPS_TOKEN where that is set. */
@ApiTags('operations')
@ApiSecurity(OPERATIONS_SECURITY)
@ApiSecurity({})
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(MetricsRegistry) private readonly registry: MetricsRegistry) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: "This node's metrics, in Prometheus' text format; docs/metrics.md lists them" })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiErrors('UNAUTHORIZED')
  async metrics(@Res() response: Response): Promise<void> {
    const text = await this.registry.metrics();
    response.set('Content-Type', this.registry.contentType).send(text);
  }
}
