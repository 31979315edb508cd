import { Module } from '@nestjs/common';
import { ReasonErasureModule } from '../audit/erasure/reason-erasure.module.js';
import { CompletionsModule } from '../completions/completions.module.js';
import { VideoCoreModule } from '../video/video-core.module.js';
import { UserErasure } from './user-erasure.service.js';
import { UserTexts } from './user-texts.store.js';

/** What is kept of users' texts, and its erasure. */
@Module({
  imports: [CompletionsModule, ReasonErasureModule, VideoCoreModule],
  providers: [UserErasure, UserTexts],
  exports: [UserErasure],
})
export class PrivacyModule {}
