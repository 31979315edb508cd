import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Authenticated, CurrentIdentity } from '../../auth/auth.decorators.js';
import { assertCapability } from '../../auth/capabilities.js';
import type { Identity } from '../../auth/identity.js';
import { RoleTable } from '../../auth/role-table.js';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { isUsable } from '../../completions/catalogue/usable-model.js';
import { ModelCatalogue } from '../../completions/catalogue/model-catalogue.js';
import { ConnectionLimits } from '../../limits/connection-limits.js';
import { isAnthropic } from '../errors/wire-of.js';
import { OpenAiErrors } from '../openai/api-errors.js';
import { anthropicModel, anthropicModels } from './anthropic-models.js';
import { openAiModel, openAiModels } from './openai-models.js';

/** Which models there are, as OpenAI's clients want it, or, with an `anthropic-version` header, as Anthropic's do. */
@ApiTags('OpenAI-compatible')
@Controller('v1/models')
@Authenticated()
export class CompatModelsController {
  constructor(
    @Inject(ModelCatalogue) private readonly catalogue: ModelCatalogue,
    @Inject(ConnectionLimits) private readonly limits: ConnectionLimits,
    @Inject(RoleTable) private readonly roles: RoleTable,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The models that may be asked for; with an anthropic-version header, in pages' })
  @ApiQuery({ name: 'limit', required: false, description: 'Of a page, 1 to 1000' })
  @ApiQuery({ name: 'after_id', required: false })
  @ApiQuery({ name: 'before_id', required: false })
  @ApiOkResponse({ content: { 'application/json': { schema: { type: 'object' } } } })
  @OpenAiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'RATE_LIMIT_EXCEEDED')
  async list(
    @CurrentIdentity() identity: Identity,
    @Req() request: Request,
    @Query('limit') limit?: unknown,
    @Query('after_id') afterId?: unknown,
    @Query('before_id') beforeId?: unknown,
  ): Promise<object> {
    await this.admit(identity);
    const rights = this.roles.rightsOf(identity.roles);
    const models = this.catalogue.list().filter((model) => !model.isFamily && isUsable(model, rights));
    return isAnthropic(request) ? anthropicModels(models, { limit, afterId, beforeId }) : openAiModels(models);
  }

  @Get(':model')
  @ApiOperation({ summary: 'One model' })
  @ApiParam({ name: 'model', example: 'gpt-4.1' })
  @ApiOkResponse({ content: { 'application/json': { schema: { type: 'object' } } } })
  @OpenAiErrors('UNAUTHORIZED', 'FORBIDDEN', 'MODEL_NOT_FOUND', 'RATE_LIMIT_EXCEEDED')
  async retrieve(
    @CurrentIdentity() identity: Identity,
    @Req() request: Request,
    @Param('model') name: string,
  ): Promise<object> {
    await this.admit(identity);
    const model = this.catalogue.find(name);
    if (!model || !isUsable(model, this.roles.rightsOf(identity.roles)))
      throw new GatewayError('MODEL_NOT_FOUND', 'There is no such model; GET /v1/models lists them.');
    return isAnthropic(request) ? anthropicModel(model) : openAiModel(model);
  }

  private async admit(identity: Identity): Promise<void> {
    await this.limits.assertQuestion(identity.userId);
    assertCapability(identity, 'chat', 'embedding');
  }
}
