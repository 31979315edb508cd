import { ApiProperty } from '@nestjs/swagger';
import { VideoStatusResponse } from './video-status.dto.js';

/** What a client asked for, in its own words. */
export class RequestedVideoResponse {
  @ApiProperty({ enum: ['text-to-video', 'image-to-video', 'video-enhancement'] })
  workflow!: string;

  @ApiProperty({ required: false, description: 'Seconds' })
  duration?: number;

  @ApiProperty({ required: false })
  resolution?: string;

  @ApiProperty({ required: false })
  aspectRatio?: string;

  @ApiProperty({ required: false, description: 'It stands in enhancedPrompt: no provider has a field for it' })
  style?: string;

  @ApiProperty({ required: false, enum: ['upscale', 'restyle', 'extend'] })
  enhancementType?: string;
}

/** A stored file. */
export class VideoFileResponse {
  @ApiProperty({ example: 'video/mp4' })
  mediaType!: string;

  @ApiProperty({ type: 'integer' })
  bytes!: number;

  @ApiProperty({ pattern: '^[0-9a-f]{64}$' })
  sha256!: string;

  @ApiProperty({ type: 'integer', required: false, example: 1280, description: 'Pixels' })
  width?: number;

  @ApiProperty({ type: 'integer', required: false, example: 720, description: 'Pixels' })
  height?: number;

  @ApiProperty({ required: false, example: 8, description: 'Of a video' })
  seconds?: number;

  @ApiProperty({ type: 'integer', required: false, example: 240, description: 'Of a video: its pictures' })
  frames?: number;
}

/** What a video costs. */
export class VideoCostResponse {
  @ApiProperty({ example: 0.1 })
  usdPerSecond!: number;

  @ApiProperty({ example: 200 })
  creditsPerSecond!: number;

  @ApiProperty({ required: false, example: 24, description: 'Where each frame of the input is charged' })
  creditsPerFrame?: number;

  @ApiProperty({ example: 1600, description: 'What is, or was, set aside for it: it never costs more' })
  creditsHeld!: number;

  @ApiProperty({ example: 1600, description: 'As in the status' })
  creditsUsed!: number;

  @ApiProperty({
    required: false,
    example: 0.8,
    description: 'What the provider charged, in US dollars, where it told',
  })
  providerCostUsd?: number;
}

/** All that is known of a video. It stays when its files are removed. */
export class VideoDetailsResponse extends VideoStatusResponse {
  @ApiProperty({ description: 'As it was given' })
  prompt!: string;

  @ApiProperty({
    required: false,
    description: 'As it went to the provider, where that is something else: with its style, or enhanced by a workflow',
  })
  enhancedPrompt?: string;

  @ApiProperty({ required: false })
  sessionId?: string;

  @ApiProperty({ required: false })
  workflowId?: string;

  @ApiProperty({ enum: ['text-to-video', 'image-to-video', 'upscale', 'restyle', 'extend'] })
  operation!: string;

  @ApiProperty({ type: RequestedVideoResponse })
  requested!: RequestedVideoResponse;

  @ApiProperty({ type: VideoFileResponse, required: false, description: 'The image or video that it builds on' })
  input?: VideoFileResponse;

  @ApiProperty({ type: VideoFileResponse, required: false })
  file?: VideoFileResponse;

  @ApiProperty({ type: VideoFileResponse, required: false })
  thumbnail?: VideoFileResponse;

  @ApiProperty({ type: VideoCostResponse })
  cost!: VideoCostResponse;

  @ApiProperty({ required: false, format: 'date-time', description: 'The provider took the order then' })
  submittedAt?: string;

  @ApiProperty({ required: false, format: 'date-time', description: 'The provider was seen to have finished then' })
  finishedAt?: string;

  @ApiProperty({
    required: false,
    format: 'date-time',
    description: 'It was completed, had failed or was cancelled then',
  })
  endedAt?: string;
}

/** A page of one's own videos, newest first. */
export class VideosResponse {
  @ApiProperty({ type: [VideoDetailsResponse] })
  videos!: VideoDetailsResponse[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The cursor of the page after this one; null: there is none',
  })
  nextCursor!: string | null;
}
