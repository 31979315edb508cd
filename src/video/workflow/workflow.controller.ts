import { Body, Controller, Get, Header, Headers, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentIdentity, Requires } from '../../auth/auth.decorators.js';
import type { Identity } from '../../auth/identity.js';
import { RoleTable } from '../../auth/role-table.js';
import { ApiErrors } from '../../common/http/api-errors.js';
import { ConnectionLimits } from '../../limits/connection-limits.js';
import { readIdempotencyKey } from '../api/idempotency-key.js';
import { OrdersVideo } from '../api/orders-video.js';
import { customerOf } from '../api/video-customer.js';
import { WorkflowRequest } from './workflow.dto.js';
import { WorkflowResponse, WorkflowStatusResponse } from './workflow-response.dto.js';
import { Workflows } from './workflows.service.js';

/** Videos whose prompt a text model enhances first. */
@ApiTags('video')
@Controller('api/mcp/gpt/video-workflow')
@Requires('video')
export class WorkflowController {
  constructor(
    @Inject(Workflows) private readonly workflows: Workflows,
    @Inject(ConnectionLimits) private readonly limits: ConnectionLimits,
    @Inject(RoleTable) private readonly roles: RoleTable,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Enhances a prompt and makes a video of it; answers when the prompt is known, within 30 s' })
  @OrdersVideo('The same key and body again is the same workflow')
  @ApiOkResponse({ type: WorkflowResponse })
  async begin(
    @CurrentIdentity() identity: Identity,
    @Body() body: WorkflowRequest,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WorkflowResponse> {
    await this.limits.assertRequest(identity.userId);
    return this.workflows.begin(customerOf(identity, this.roles, response), body, readIdempotencyKey(key));
  }

  @Get(':workflowId')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'How a workflow stands, step by step' })
  @ApiOkResponse({ type: WorkflowStatusResponse })
  @ApiErrors('UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'RATE_LIMIT_EXCEEDED', 'UNAVAILABLE')
  async status(
    @CurrentIdentity() { userId }: Identity,
    @Param('workflowId') workflowId: string,
  ): Promise<WorkflowStatusResponse> {
    await this.limits.assertRequest(userId);
    return this.workflows.status(userId, workflowId);
  }
}
