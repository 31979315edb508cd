import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentIdentity, Requires } from '../../auth/auth.decorators.js';
import type { Identity } from '../../auth/identity.js';
import { ANSWER_ERRORS } from '../answers/answer-errors.js';
import { CompatAnswers } from '../answers/compat-answers.js';
import { IncomingRequests } from '../http/incoming-requests.js';
import { IDEMPOTENCY_KEY } from '../http/request-name.js';
import { OpenAiErrors } from './api-errors.js';
import { ChatWire } from './chat-wire.js';
import { CHAT_SCHEMA, readChatRequest } from './read-chat-request.js';

/** Chats as OpenAI's clients ask for them. */
@ApiTags('OpenAI-compatible')
@Controller('v1/chat/completions')
@Requires('chat')
export class ChatCompletionsController {
  constructor(
    @Inject(IncomingRequests) private readonly incoming: IncomingRequests,
    @Inject(CompatAnswers) private readonly answers: CompatAnswers,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'A chat, as JSON or, with stream: true, as server-sent events' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: IDEMPOTENCY_KEY })
  @ApiBody({ schema: CHAT_SCHEMA })
  @ApiOkResponse({
    description: "OpenAI's chat.completion, or its chat.completion.chunk events",
    content: {
      'application/json': { schema: { type: 'object' } },
      'text/event-stream': { schema: { type: 'string' } },
    },
  })
  @OpenAiErrors(...ANSWER_ERRORS)
  async create(
    @CurrentIdentity() identity: Identity,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { id, isChosen, body } = await this.incoming.read(identity, request, 'chatcmpl-');
    const { completion, isUsageWanted } = readChatRequest(body, id);
    const wire = new ChatWire(id, completion.model, isUsageWanted);
    await this.answers.answer(identity, { completion, wire, mayComeBack: isChosen }, response);
  }
}
