import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { PUBLIC_STATUSES, VideoErrorResponse } from '../video/api/video-status.dto.js';
import { FLAG_REASONS } from '../video/life/flag-reason.js';
import { VIDEO_STATES } from '../video/life/video-state.js';
import { VIDEO_RESOLUTIONS, type VideoResolution } from '../video/store/administered-videos.store.js';
import { Reason } from './reason.js';

const nullableText = { type: String, nullable: true } as const;
const nullableTime = { type: String, format: 'date-time', nullable: true } as const;
const RESOLUTION = {
  enum: VIDEO_RESOLUTIONS,
  description:
    'charged: the provider took money for it; not_charged: it did not; refunded: it gave that back; unknown: it can not be learned',
};

/** What came of a flagged video at its provider. */
export class ResolveVideoRequest {
  @ApiProperty(RESOLUTION)
  @IsIn(VIDEO_RESOLUTIONS, { message: `$property must be one of ${VIDEO_RESOLUTIONS.join(', ')}` })
  resolution!: VideoResolution;

  @Reason()
  note!: string;
}

/** Why an operator has to look. */
export class VideoFlagResponse {
  @ApiProperty({ enum: Object.keys(FLAG_REASONS) })
  reason!: string;

  @ApiProperty({ description: 'For people; it may change' })
  meaning!: string;
}

/** What an operator said of it. */
export class VideoVerdictResponse {
  @ApiProperty(RESOLUTION)
  resolution!: string;

  @ApiProperty({ ...nullableText, description: "null: it was erased with its user's texts" })
  note!: string | null;

  @ApiProperty({ example: 'root' })
  by!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;
}

class VideoExtent {
  @ApiProperty({ example: 8 })
  seconds!: number;

  @ApiProperty({ type: 'integer', example: 1280 })
  width!: number;

  @ApiProperty({ type: 'integer', example: 720 })
  height!: number;
}

/** What was ordered of the provider. */
export class OrderedVideoResponse extends VideoExtent {
  @ApiProperty({ example: '720p' })
  resolution!: string;
}

/** What came, as it was read from the file. */
export class DeliveredVideoResponse extends VideoExtent {
  @ApiProperty({ type: 'integer' })
  bytes!: number;
}

/** A video as administrators see it: nothing of what its user wrote. Amounts are credits. */
export class AdminVideoResponse {
  @ApiProperty()
  videoId!: string;

  @ApiProperty({ example: 'alice' })
  userId!: string;

  @ApiProperty(nullableText)
  workflowId!: string | null;

  @ApiProperty({ enum: PUBLIC_STATUSES })
  status!: string;

  @ApiProperty({ enum: VIDEO_STATES })
  state!: string;

  @ApiProperty({ type: VideoFlagResponse, nullable: true, description: 'null: nobody has to look' })
  flag!: VideoFlagResponse | null;

  @ApiProperty({ type: VideoVerdictResponse, nullable: true, description: 'null: nobody has said what came of it' })
  verdict!: VideoVerdictResponse | null;

  @ApiProperty({ example: 'sora' })
  provider!: string;

  @ApiProperty({ example: 'sora-2' })
  model!: string;

  @ApiProperty({ example: 'text-to-video' })
  operation!: string;

  @ApiProperty({ ...nullableText, description: 'The address and key that it was ordered with; null: it never was' })
  connectionId!: string | null;

  @ApiProperty({ ...nullableText, description: "The provider's id of it; null: it gave none that arrived" })
  jobId!: string | null;

  @ApiProperty({ type: 'integer', description: 'How often it was, or may have been, ordered' })
  orders!: number;

  @ApiProperty()
  ordered!: OrderedVideoResponse;

  @ApiProperty({ type: Number, nullable: true, description: 'Seconds, as the provider says; null: it does not' })
  deliveredSeconds!: number | null;

  @ApiProperty({ type: DeliveredVideoResponse, nullable: true, description: 'What came; null: nothing has' })
  file!: DeliveredVideoResponse | null;

  @ApiProperty({ example: 1600, description: 'What is, or was, held for it' })
  creditsHeld!: number;

  @ApiProperty({ example: 1600, description: 'What all of it costs' })
  creditsOrdered!: number;

  @ApiProperty({ type: Number, nullable: true, example: 0, description: 'null: it is under way' })
  creditsCharged!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 0.8, description: 'US dollars; null: the provider tells none' })
  providerCostUsd!: number | null;

  @ApiProperty({ type: VideoErrorResponse, nullable: true, description: 'As its user is told' })
  error!: VideoErrorResponse | null;

  @ApiProperty({ ...nullableText, description: "The provider's own code, or what kept it from being stored (ENOSPC)" })
  providerFault!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ ...nullableTime, description: 'When the provider took the order' })
  submittedAt!: string | null;

  @ApiProperty({ ...nullableTime, description: 'When the provider was seen to have finished' })
  finishedAt!: string | null;

  @ApiProperty(nullableTime)
  endedAt!: string | null;
}

/** Videos of all users, newest first. */
export class AdminVideosResponse {
  @ApiProperty({ type: [AdminVideoResponse] })
  videos!: AdminVideoResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Where the next page begins; null: there is none' })
  nextCursor!: string | null;
}
