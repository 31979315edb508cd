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
import { EMBEDDING_SCHEMA } from './embedding-fields.js';
import { EmbeddingWire } from './embedding-wire.js';
import { readEmbeddingRequest } from './read-embedding-request.js';

/** Vectors as OpenAI's clients ask for them. */
@ApiTags('OpenAI-compatible')
@Controller('v1/embeddings')
@Requires('embedding')
export class EmbeddingsController {
  constructor(
    @Inject(IncomingRequests) private readonly incoming: IncomingRequests,
    @Inject(CompatAnswers) private readonly answers: CompatAnswers,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Vectors of texts; base64 passes as the provider wrote it' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: IDEMPOTENCY_KEY })
  @ApiBody({ schema: EMBEDDING_SCHEMA })
  @ApiOkResponse({
    description: "OpenAI's list of embeddings",
    content: { 'application/json': { schema: { type: 'object' } } },
  })
  @OpenAiErrors(...ANSWER_ERRORS)
  async create(
    @CurrentIdentity() identity: Identity,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { id, isChosen, body } = await this.incoming.read(identity, request, 'embd-');
    const completion = readEmbeddingRequest(body, id);
    await this.answers.answer(identity, { completion, wire: new EmbeddingWire(), mayComeBack: isChosen }, response);
  }
}
