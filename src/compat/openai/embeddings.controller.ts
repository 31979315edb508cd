import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentIdentity, Requires } from '../../auth/auth.decorators.js';
import type { Identity } from '../../auth/identity.js';
import { readJsonBody } from '../../common/http/read-json-body.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { ANSWER_ERRORS } from '../answers/answer-errors.js';
import { CompatAnswers } from '../answers/compat-answers.js';
import { IDEMPOTENCY_KEY, requestName } from '../http/request-name.js';
import { OpenAiErrors } from './api-errors.js';
import { EMBEDDING_SCHEMA } from './embedding-fields.js';
import { EmbeddingWire } from './embedding-wire.js';
import { readEmbeddingRequest } from './read-embedding-request.js';

/** Vectors as OpenAI's clients ask for them. */
@ApiTags('OpenAI-compatible')
@Controller('v1/embeddings')
@Requires('embedding')
export class EmbeddingsController {
  private readonly mostBytes: number;

  constructor(
    @Inject(CompatAnswers) private readonly answers: CompatAnswers,
    @Inject(ENVIRONMENT) { http }: Environment,
  ) {
    this.mostBytes = http.maxFrameBytes;
  }

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
    const { id, isChosen } = requestName(request.headers, 'embd-');
    const completion = readEmbeddingRequest(await readJsonBody(request, this.mostBytes), id);
    await this.answers.answer(identity, { completion, wire: new EmbeddingWire(), mayComeBack: isChosen }, response);
  }
}
