import { ApiProperty } from '@nestjs/swagger';
import { ERROR_CODES, type ErrorCode } from '../../common/errors/error-codes.js';
import { VIDEO_DELAY_REASONS, type VideoDelayReason } from '../punctuality/video-delay.js';

export const PUBLIC_STATUSES = ['processing', 'completed', 'failed'] as const;
export type PublicStatus = (typeof PUBLIC_STATUSES)[number];

/** Why a video has failed. */
export class VideoErrorResponse {
  @ApiProperty({ enum: Object.keys(ERROR_CODES), enumName: 'ErrorCode' })
  code!: ErrorCode;

  @ApiProperty({ description: 'For people; it may change' })
  message!: string;
}

/** Why a video is late. */
export class VideoDelayResponse {
  @ApiProperty({ enum: VIDEO_DELAY_REASONS, description: 'There may be more of them one day' })
  reason!: VideoDelayReason;

  @ApiProperty({ description: 'For people; it may change' })
  message!: string;

  @ApiProperty({ format: 'date-time', description: 'When it came to the stage that it is in' })
  since!: string;
}

/** A value that was left out and is not as its default has it. */
export class SubstitutionResponse {
  @ApiProperty({ enum: ['duration', 'resolution', 'aspectRatio'] })
  field!: 'duration' | 'resolution' | 'aspectRatio';

  @ApiProperty({ example: '30', description: 'The default' })
  wanted!: string;

  @ApiProperty({ example: '20', description: 'The nearest to it that the provider makes' })
  chosen!: string;
}

/** How a video stands. */
export class VideoStatusResponse {
  @ApiProperty({ format: 'uuid' })
  videoId!: string;

  @ApiProperty({ enum: PUBLIC_STATUSES, description: 'failed: also where it was cancelled (error.code CANCELLED)' })
  status!: PublicStatus;

  @ApiProperty({
    required: false,
    description: 'Where the MP4 is, for as long as the link lasts: each read signs a new one',
  })
  url?: string;

  @ApiProperty({ required: false, description: 'A still picture of it' })
  thumbnailUrl?: string;

  @ApiProperty({ type: 'integer', minimum: 0, maximum: 100, description: '100: it can be played' })
  progress!: number;

  @ApiProperty({
    required: false,
    type: 'integer',
    example: 80,
    description: 'While it is processing: seconds until it can be played, by experience; it moves on with each read',
  })
  estimatedTime?: number;

  @ApiProperty({
    type: VideoDelayResponse,
    required: false,
    description: 'It is late: a standard one (720p, at most 8 s) after 5 minutes, or as VIDEO_LATE_MS has it',
  })
  delay?: VideoDelayResponse;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ required: false, format: 'date-time' })
  completedAt?: string;

  @ApiProperty({ example: 8, description: 'Seconds: of the file once it is completed, until then of what was ordered' })
  duration!: number;

  @ApiProperty({ example: 1600, description: 'What it cost, 0 where it failed; until it is over: what it will cost' })
  creditsUsed!: number;

  @ApiProperty({ type: VideoErrorResponse, required: false })
  error?: VideoErrorResponse;

  @ApiProperty({ example: 'sora' })
  provider!: string;

  @ApiProperty({ example: 'sora-2' })
  model!: string;

  @ApiProperty({ enum: ['720p', '1080p', '4K'] })
  resolution!: string;

  @ApiProperty({ example: '16:9' })
  aspectRatio!: string;

  @ApiProperty({
    type: [SubstitutionResponse],
    required: false,
    description: 'What was left out of the request and is not as its default has it',
  })
  substitutions?: SubstitutionResponse[];

  @ApiProperty({ required: false, format: 'date-time', description: 'Its files were removed then' })
  filesDeletedAt?: string;
}
