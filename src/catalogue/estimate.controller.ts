import { Controller, Header, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Authenticated, CurrentIdentity } from '../auth/auth.decorators.js';
import { assertCapability } from '../auth/capabilities.js';
import type { Identity } from '../auth/identity.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { ModelCatalogue } from '../completions/catalogue/model-catalogue.js';
import { capabilityFor } from '../completions/completions.service.js';
import { RequestEstimates } from '../completions/request-estimates.service.js';
import { ConnectionLimits } from '../limits/connection-limits.js';
import { RequestBodies } from '../limits/request-bodies.js';
import { ESTIMATE_PATH } from './estimate-path.js';
import { EstimateQuery } from './estimate-query.dto.js';
import { EstimateResponse } from './estimate.dto.js';
import { estimateResponse } from './estimate-response.js';
import { REQUEST_READER, type RequestReader } from './request-reader.js';

const BODY = {
  description: 'A request as it would be sent over the WebSocket (docs/protocol.md); id and lastSeq may be left out',
  schema: {
    type: 'object',
    required: ['type', 'provider', 'model', 'stream'],
    properties: {
      type: { enum: ['chat', 'completion', 'embedding'] },
      provider: { type: 'string', example: 'auto' },
      model: { type: 'string', example: 'gpt-4' },
      stream: { type: 'boolean' },
      messages: { type: 'array', items: { type: 'object' }, example: [{ role: 'user', content: 'Hello' }] },
      prompt: { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
      maxTokens: { type: 'integer', minimum: 1 },
    },
    additionalProperties: true,
  },
};

/** What requests would cost. */
@ApiTags('models')
@Controller(ESTIMATE_PATH)
@Authenticated()
export class EstimateController {
  constructor(
    @Inject(REQUEST_READER) private readonly read: RequestReader,
    @Inject(RequestEstimates) private readonly estimates: RequestEstimates,
    @Inject(ModelCatalogue) private readonly catalogue: ModelCatalogue,
    @Inject(ConnectionLimits) private readonly limits: ConnectionLimits,
    @Inject(RequestBodies) private readonly bodies: RequestBodies,
  ) {}

  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'What a request would hold at most, and whether the balance covers it; nothing is held or sent',
  })
  @ApiBody(BODY)
  @ApiOkResponse({ type: EstimateResponse })
  @ApiErrors(
    'VALIDATION_ERROR',
    'UNAUTHORIZED',
    'FORBIDDEN',
    'MODEL_NOT_FOUND',
    'PAYLOAD_TOO_LARGE',
    'RATE_LIMIT_EXCEEDED',
    'LIMIT_EXCEEDED',
    'QUEUE_OVERFLOW',
    'UNAVAILABLE',
  )
  async estimate(
    @CurrentIdentity() identity: Identity,
    @Query() { outputTokens }: EstimateQuery,
    @Req() http: Request,
  ): Promise<EstimateResponse> {
    await this.limits.assertQuestion(identity.userId, Number(http.headers['content-length'] ?? this.bodies.mostBytes));
    const request = this.read(await this.bodies.read(identity.userId, http));
    assertCapability(identity, capabilityFor(request));
    const estimate = await this.estimates.estimate(identity, request);
    const available = this.catalogue.health().filter(({ isAvailable }) => isAvailable);
    return estimateResponse(estimate, new Set(available.map(({ id }) => id)), outputTokens);
  }
}
