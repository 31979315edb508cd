import { Body, Controller, Get, Header, Headers, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentIdentity, Requires } from '../../auth/auth.decorators.js';
import type { Identity } from '../../auth/identity.js';
import { validationFailure } from '../../common/errors/field-faults.js';
import { ApiErrors } from '../../common/http/api-errors.js';
import { WorkflowRequest } from './workflow.dto.js';
import { WorkflowResponse, WorkflowStatusResponse } from './workflow-response.dto.js';
import { Workflows } from './workflows.service.js';

const KEY = /^[\x21-\x7e]([\x20-\x7e]{0,126}[\x21-\x7e])?$/;

/** Videos whose prompt a text model enhances first. */
@ApiTags('videos')
@Controller('api/mcp/gpt/video-workflow')
@Requires('video')
export class WorkflowController {
  constructor(@Inject(Workflows) private readonly workflows: Workflows) {}

  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Enhances a prompt and makes a video of it; answers when the prompt is known, within 30 s' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key and body again is the same workflow',
  })
  @ApiOkResponse({ type: WorkflowResponse })
  @ApiErrors(
    'VALIDATION_ERROR',
    'UNAUTHORIZED',
    'INSUFFICIENT_CREDITS',
    'FORBIDDEN',
    'CONFLICT',
    'PAYLOAD_TOO_LARGE',
    'UNSUPPORTED_VIDEO',
    'UNAVAILABLE',
  )
  begin(
    @CurrentIdentity() { userId }: Identity,
    @Body() body: WorkflowRequest,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<WorkflowResponse> {
    if (key !== undefined && !KEY.test(key)) {
      const message = 'Idempotency-Key must be a string of 1 to 128 printable ASCII characters';
      throw validationFailure([{ field: 'Idempotency-Key', message }]);
    }
    return this.workflows.begin(userId, body, key);
  }

  @Get(':workflowId')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'How a workflow stands, step by step' })
  @ApiOkResponse({ type: WorkflowStatusResponse })
  @ApiErrors('UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'UNAVAILABLE')
  status(
    @CurrentIdentity() { userId }: Identity,
    @Param('workflowId') workflowId: string,
  ): Promise<WorkflowStatusResponse> {
    return this.workflows.status(userId, workflowId);
  }
}
