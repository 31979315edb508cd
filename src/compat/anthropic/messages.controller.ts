import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentIdentity, Requires } from '../../auth/auth.decorators.js';
import type { Identity } from '../../auth/identity.js';
import { ANSWER_ERRORS } from '../answers/answer-errors.js';
import { CompatAnswers } from '../answers/compat-answers.js';
import { IncomingRequests } from '../http/incoming-requests.js';
import { IDEMPOTENCY_KEY } from '../http/request-name.js';
import { AnthropicErrors } from './api-errors.js';
import { MessageWire } from './message-wire.js';
import { MESSAGE_SCHEMA, readMessageRequest } from './read-message-request.js';

/** Chats as Anthropic's clients ask for them. */
@ApiTags('Anthropic-compatible')
@Controller('v1/messages')
@Requires('chat')
export class MessagesController {
  constructor(
    @Inject(IncomingRequests) private readonly incoming: IncomingRequests,
    @Inject(CompatAnswers) private readonly answers: CompatAnswers,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'A message, as JSON or, with stream: true, as server-sent events' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: IDEMPOTENCY_KEY })
  @ApiBody({ schema: MESSAGE_SCHEMA })
  @ApiOkResponse({
    description: "Anthropic's message, or its events from message_start to message_stop",
    content: {
      'application/json': { schema: { type: 'object' } },
      'text/event-stream': { schema: { type: 'string' } },
    },
  })
  @AnthropicErrors(...ANSWER_ERRORS)
  async create(
    @CurrentIdentity() identity: Identity,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { id, isChosen, body } = await this.incoming.read(identity, request, 'msg_');
    const completion = readMessageRequest(body, id);
    const wire = new MessageWire(id, completion.model);
    await this.answers.answer(identity, { completion, wire, mayComeBack: isChosen }, response);
  }
}
