import { ApiProperty, OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsNumber, IsObject, IsOptional, IsPositive, Matches, Max, Min, ValidateNested } from 'class-validator';
import { VideoLineResponse } from '../api/video-line.dto.js';
import { SubstitutionResponse } from '../api/video-status.dto.js';
import { WorkflowRequest } from '../workflow/workflow.dto.js';

const MOST_PIXELS = 16_384;
const MOST_FRAMES_PER_SECOND = 1_000;

/** How large the image or the video is that a workflow builds on: an estimate fetches nothing. */
export class InputSize {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: MOST_PIXELS, example: 1280 })
  @IsInt()
  @Min(1)
  @Max(MOST_PIXELS)
  width!: number;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: MOST_PIXELS, example: 720 })
  @IsInt()
  @Min(1)
  @Max(MOST_PIXELS)
  height!: number;

  @ApiProperty({ required: false, example: 8, description: 'Of a video' })
  @IsOptional()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @IsPositive()
  seconds?: number | null;

  @ApiProperty({
    required: false,
    default: 30,
    example: 30,
    description: 'Of a video: an upscale is charged by frames',
  })
  @IsOptional()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @IsPositive()
  @Max(MOST_FRAMES_PER_SECOND)
  framesPerSecond?: number | null;
}

/** A workflow as it would be begun. */
export class VideoEstimateRequest extends OmitType(WorkflowRequest, ['sessionId']) {
  @ApiProperty({ type: InputSize, required: false, description: 'Absent: as the provider wants it' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => InputSize)
  inputSize?: InputSize | null;

  @ApiProperty({ required: false, description: 'Makes no difference' })
  @IsOptional()
  @Matches(/^[ -~]{1,128}$/, { message: '$property must be 1 to 128 printable ASCII characters' })
  sessionId?: string | null;
}

/** Somebody else who would make the same video. */
export class VideoStandInResponse {
  @ApiProperty({ example: 'runway' })
  provider!: string;

  @ApiProperty({ example: 'veo3.1' })
  model!: string;

  @ApiProperty({ example: 6400, description: 'What it would cost there' })
  credits!: number;
}

export const VIDEO_ESTIMATE_REASONS = ['insufficient_credits', 'account_frozen'] as const;
export type VideoEstimateReason = (typeof VIDEO_ESTIMATE_REASONS)[number];

/** What a video would be and cost. Amounts are credits. */
export class VideoEstimateResponse {
  @ApiProperty({ enum: ['text-to-video', 'image-to-video', 'upscale', 'restyle', 'extend'] })
  operation!: string;

  @ApiProperty({ example: 'sora' })
  provider!: string;

  @ApiProperty({ example: 'sora-2-pro' })
  model!: string;

  @ApiProperty({ example: 20 })
  seconds!: number;

  @ApiProperty({ enum: ['720p', '1080p', '4K'] })
  resolution!: string;

  @ApiProperty({ example: '16:9' })
  aspectRatio!: string;

  @ApiProperty({ type: 'integer', example: 1920 })
  width!: number;

  @ApiProperty({ type: 'integer', example: 1080 })
  height!: number;

  @ApiProperty({
    type: [SubstitutionResponse],
    required: false,
    description: 'What was left out and is not as its default',
  })
  substitutions?: SubstitutionResponse[];

  @ApiProperty({
    type: [VideoLineResponse],
    required: false,
    description:
      'Where it takes two steps: what each costs at most, the frames of the first file being counted only when it is there',
  })
  lines?: VideoLineResponse[];

  @ApiProperty({ example: '0.70', description: 'US dollars a second, exact decimal text; of two steps: of the first' })
  usdPerSecond!: string;

  @ApiProperty({ example: '1400', description: 'Credits a second, exact decimal text; likewise' })
  creditsPerSecond!: string;

  @ApiProperty({ example: 28000, description: 'What it would cost at that provider; of two steps: both, at most' })
  expected!: number;

  @ApiProperty({
    example: 28000,
    description: 'What would be held, and so the most that it can cost, whoever makes it',
  })
  holdAtMost!: number;

  @ApiProperty({
    type: [VideoStandInResponse],
    description: 'Who would be asked where the provider refuses the order, in this order',
  })
  standIns!: VideoStandInResponse[];

  @ApiProperty({ description: 'A text model would work on the prompt first; that is held and charged apart' })
  isEnhanced!: boolean;

  @ApiProperty({ type: 'integer', example: 290, description: 'Seconds until the video can be played, by experience' })
  estimatedTime!: number;

  @ApiProperty({ example: 9955, description: 'What of the balance is not held' })
  available!: number;

  @ApiProperty({ description: 'The account would be let order it, now' })
  isAccepted!: boolean;

  @ApiProperty({ enum: VIDEO_ESTIMATE_REASONS, isArray: true, description: 'What stands in the way; empty: nothing' })
  reasons!: VideoEstimateReason[];

  @ApiProperty({ type: [String], required: false, description: 'What of the request makes no difference' })
  warnings?: string[];
}
