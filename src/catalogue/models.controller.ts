import { Controller, Get, Header, Headers, Inject, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Authenticated, CurrentIdentity } from '../auth/auth.decorators.js';
import { assertCapability } from '../auth/capabilities.js';
import type { Identity } from '../auth/identity.js';
import { RoleTable } from '../auth/role-table.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { ConnectionLimits } from '../limits/connection-limits.js';
import { ModelsListing } from './models-listing.js';
import { ModelsQuery } from './models-query.dto.js';
import { ModelsResponse } from './models.dto.js';

/** Which models there are. */
@ApiTags('models')
@Controller('api/mcp/models')
@Authenticated()
export class ModelsController {
  constructor(
    @Inject(ModelsListing) private readonly listing: ModelsListing,
    @Inject(ConnectionLimits) private readonly limits: ConnectionLimits,
    @Inject(RoleTable) private readonly roles: RoleTable,
  ) {}

  @Get()
  @Header('Cache-Control', 'private, no-cache')
  @ApiOperation({ summary: 'The models that may be asked for: prices, capabilities, providers and how these stand' })
  @ApiOkResponse({ type: ModelsResponse, headers: { ETag: { schema: { type: 'string' } } } })
  @ApiResponse({ status: 304, description: 'Unchanged: If-None-Match was its ETag', content: {} })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'RATE_LIMIT_EXCEEDED')
  async list(
    @CurrentIdentity() identity: Identity,
    @Query() query: ModelsQuery,
    @Headers('If-None-Match') known: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    await this.limits.assertQuestion(identity.userId);
    assertCapability(identity, 'chat', 'embedding');
    const { json, etag } = this.listing.list(query, this.roles.rightsOf(identity.roles));
    response.setHeader('ETag', etag);
    if (isKnown(etag, known)) response.status(304).end();
    else response.type('application/json').send(json);
  }
}

/** Express would not look where the request says `no-cache`, as fetch does of itself with an If-None-Match. */
function isKnown(etag: string, known = ''): boolean {
  const tags = known.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
