import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { CompletionsModule } from '../completions/completions.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { CompatAnswers } from './answers/compat-answers.js';
import { OpenResponses } from './answers/open-responses.js';
import { CountTokensController } from './anthropic/count-tokens.controller.js';
import { MessagesController } from './anthropic/messages.controller.js';
import { IncomingRequests } from './http/incoming-requests.js';
import { CompatModelsController } from './models/models.controller.js';
import { ChatCompletionsController } from './openai/chat-completions.controller.js';
import { EmbeddingsController } from './openai/embeddings.controller.js';

/** The vendors' own REST routes under /v1, for clients that were written for them. */
@Module({
  imports: [AuthModule, CompletionsModule, LimitsModule],
  controllers: [
    ChatCompletionsController,
    EmbeddingsController,
    MessagesController,
    CountTokensController,
    CompatModelsController,
  ],
  providers: [CompatAnswers, IncomingRequests, OpenResponses],
})
export class CompatModule {}
