import { Module } from '@nestjs/common';
import { BackgroundQueue } from '../../completions/background/background-queue.service.js';
import { QueueModule } from '../../queue/queue.module.js';
import { KeyRotation } from './key-rotation.service.js';

/** For `npm run keys:rotate`: no more of the gateway than that needs. */
@Module({
  imports: [QueueModule.register('requests')],
  providers: [BackgroundQueue, KeyRotation],
  exports: [KeyRotation],
})
export class KeyRotationModule {}
