import { Module } from '@nestjs/common';
import { StrayInputs } from './recovery/stray-inputs.service.js';
import { VideoCare } from './recovery/video-care.service.js';
import { CopyStep } from './steps/copy.step.js';
import { InputRoom } from './steps/input-room.js';
import { PollStep } from './steps/poll.step.js';
import { ProviderSlots } from './steps/provider-slots.js';
import { SettleStep } from './steps/settle.step.js';
import { SubmitStep } from './steps/submit.step.js';
import { TakenJobs } from './steps/taken-jobs.js';
import { VideoCoreModule } from './video-core.module.js';
import { VideoFilesProcessor } from './video-files.processor.js';
import { VideosProcessor } from './videos.processor.js';

/** What brings videos on, in the processes that run jobs. */
@Module({
  imports: [VideoCoreModule],
  providers: [
    CopyStep,
    InputRoom,
    PollStep,
    ProviderSlots,
    SettleStep,
    StrayInputs,
    SubmitStep,
    TakenJobs,
    VideoCare,
    VideoFilesProcessor,
    VideosProcessor,
  ],
})
export class VideoStepsModule {}
