import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentIdentity, Requires } from '../auth/auth.decorators.js';
import type { Identity } from '../auth/identity.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { ProviderAdministration } from './provider-administration.js';
import { BreakerRequest, BreakerResponse, ProvidersResponse } from './providers.dto.js';

/** Providers, for administrators. */
@ApiTags('admin')
@Controller('api/mcp/admin/providers')
@Requires('admin')
export class AdminProvidersController {
  constructor(@Inject(ProviderAdministration) private readonly providers: ProviderAdministration) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'How the text and video providers stand, as the node that answers sees them' })
  @ApiOkResponse({ type: ProvidersResponse })
  @ApiErrors('UNAUTHORIZED', 'FORBIDDEN', 'UNAVAILABLE')
  look(): Promise<ProvidersResponse> {
    return this.providers.look();
  }

  @Post(':id/breaker')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Opens, closes or resets the circuit of a provider or of one of its deployments, everywhere',
  })
  @ApiParam({ name: 'id', example: 'openai', description: "A provider, or a deployment of one ('azure%2Feu')" })
  @ApiOkResponse({ type: BreakerResponse })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'UNAVAILABLE')
  act(
    @CurrentIdentity() { userId: adminId }: Identity,
    @Param('id') id: string,
    @Body() { action, kind, reason }: BreakerRequest,
  ): Promise<BreakerResponse> {
    return this.providers.act({ adminId, id, action, kind, reason });
  }
}
