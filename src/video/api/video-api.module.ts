import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module.js';
import { LimitsModule } from '../../limits/limits.module.js';
import { VideoPlanner } from '../plan/video-planner.js';
import { VideoListing } from '../store/video-listing.store.js';
import { VideoCoreModule } from '../video-core.module.js';
import { OwnVideos } from './own-videos.service.js';
import { Sora2Controller } from './sora2.controller.js';
import { VideoGeneration } from './video-generation.service.js';
import { VideosController } from './videos.controller.js';

/** The routes by which users order videos, look at them and cancel them. */
@Module({
  imports: [AuthModule, LimitsModule, VideoCoreModule],
  controllers: [Sora2Controller, VideosController],
  providers: [OwnVideos, VideoGeneration, VideoListing, VideoPlanner],
})
export class VideoApiModule {}
