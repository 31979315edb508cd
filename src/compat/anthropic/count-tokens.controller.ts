import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { CurrentIdentity, Requires } from '../../auth/auth.decorators.js';
import { RoleTable } from '../../auth/role-table.js';
import type { Identity } from '../../auth/identity.js';
import { measurePrompt, promptTokensAt } from '../../billing/pricing/prompt-size.js';
import { PricedRoutes } from '../../completions/priced-routes.js';
import { IncomingRequests } from '../http/incoming-requests.js';
import { AnthropicErrors } from './api-errors.js';
import { COUNT_SCHEMA, readCountRequest } from './read-message-request.js';

/** Says how long a prompt is, before it is sent. Nobody is asked, and nothing is charged. */
@ApiTags('Anthropic-compatible')
@Controller('v1/messages/count_tokens')
@Requires('chat')
export class CountTokensController {
  constructor(
    @Inject(IncomingRequests) private readonly incoming: IncomingRequests,
    @Inject(PricedRoutes) private readonly routes: PricedRoutes,
    @Inject(RoleTable) private readonly roles: RoleTable,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'The tokens of a prompt by our own count; the provider, whose count is charged, may differ',
  })
  @ApiBody({ schema: COUNT_SCHEMA })
  @ApiOkResponse({ schema: { type: 'object', properties: { input_tokens: { type: 'integer' } } } })
  @AnthropicErrors(
    'VALIDATION_ERROR',
    'UNAUTHORIZED',
    'FORBIDDEN',
    'MODEL_NOT_FOUND',
    'PAYLOAD_TOO_LARGE',
    'RATE_LIMIT_EXCEEDED',
    'LIMIT_EXCEEDED',
    'QUEUE_OVERFLOW',
  )
  async count(@CurrentIdentity() identity: Identity, @Req() request: Request): Promise<{ input_tokens: number }> {
    const { body } = await this.incoming.read(identity, request, '');
    const prompt = readCountRequest(body);
    const [first] = this.routes.routeFor(prompt, this.roles.rightsOf(identity.roles));
    return { input_tokens: promptTokensAt(first!.model, measurePrompt(prompt)) };
  }
}
