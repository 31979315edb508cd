import { Module } from '@nestjs/common';
import { BillingModule } from '../billing/billing.module.js';
import { EventsModule } from '../events/events.module.js';
import { MediaOwners } from '../media/media-owners.js';
import { MEDIA_SECRET } from '../media/media-secret.js';
import { MediaModule } from '../media/media.module.js';
import { CircuitOrdersModule } from '../orchestrator/orders/circuit-orders.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { VideoView } from './api/video-view.js';
import { InputKeys } from './life/input-keys.js';
import { VideoSecondStep } from './store/video-second-step.store.js';
import { VideoSweeps } from './store/video-sweeps.store.js';
import { VideoStore } from './store/video.store.js';
import { VideoTimes } from './store/video-times.store.js';
import { UnusedInputs } from './unused-inputs.service.js';
import { VideoFileOwners } from './video-file-owners.js';
import { VideoEndings } from './video-endings.service.js';
import { VideoFiles } from './video-files.service.js';
import { VideoNews } from './video-news.service.js';
import { VideoOrders } from './video-orders.service.js';
import { VideoQueue } from './video-queue.service.js';

/** Videos as both sides know them: the routes that take orders, and the steps that bring them on. */
@Module({
  imports: [
    BillingModule,
    CircuitOrdersModule,
    EventsModule,
    MediaModule,
    ProvidersModule,
    QueueModule.register('videos', 'video-files'),
  ],
  providers: [
    { provide: InputKeys, useFactory: (secret: string | Buffer) => new InputKeys(secret), inject: [MEDIA_SECRET] },
    { provide: MediaOwners, useClass: VideoFileOwners },
    UnusedInputs,
    VideoEndings,
    VideoFiles,
    VideoNews,
    VideoOrders,
    VideoQueue,
    VideoSecondStep,
    VideoStore,
    VideoSweeps,
    VideoTimes,
    VideoView,
  ],
  exports: [
    BillingModule,
    CircuitOrdersModule,
    EventsModule,
    InputKeys,
    MediaModule,
    MediaOwners,
    ProvidersModule,
    UnusedInputs,
    VideoEndings,
    VideoFiles,
    VideoNews,
    VideoOrders,
    VideoQueue,
    VideoSecondStep,
    VideoStore,
    VideoSweeps,
    VideoTimes,
    VideoView,
  ],
})
export class VideoCoreModule {}
