import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsIn,
  IsNotEmptyObject,
  IsNumber,
  IsObject,
  IsOptional,
  IsPositive,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';

export const WORKFLOWS = ['text-to-video', 'image-to-video', 'video-enhancement'] as const;
export type Workflow = (typeof WORKFLOWS)[number];
export const ENHANCEMENT_TYPES = ['upscale', 'restyle', 'extend'] as const;
export type EnhancementType = (typeof ENHANCEMENT_TYPES)[number];

/** PostgreSQL has no text with NUL in it, and no model a use for what steers a terminal. Line feeds and tabs are text. */
const TEXT = /^(?:(?!\p{Cc}|\p{Cs})[^]|[\n\r\t])*$/u;
const TEXT_RULE = { message: '$property must be text without control characters' };

/** What a workflow works on: which of them it needs depends on it. */
export class WorkflowInput {
  @ApiProperty({ required: false, minLength: 1, maxLength: 4_000, description: 'What the video is to show' })
  @IsOptional()
  @IsString()
  @Length(1, 4_000)
  @Matches(TEXT, TEXT_RULE)
  text?: string;

  @ApiProperty({
    required: false,
    format: 'uri',
    description: 'Of a PNG, JPEG or WebP, by https on the public internet',
  })
  @IsOptional()
  @IsString()
  @Length(1, 2_048)
  imageUrl?: string;

  @ApiProperty({ required: false, format: 'uri', description: 'Of an MP4, by https on the public internet' })
  @IsOptional()
  @IsString()
  @Length(1, 2_048)
  videoUrl?: string;
}

/** How the video is to be; what is left out is chosen and told. */
export class WorkflowParameters {
  @ApiProperty({ required: false, maxLength: 200, example: 'watercolour' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @Matches(TEXT, TEXT_RULE)
  style?: string;

  @ApiProperty({ required: false, example: 8, description: 'Seconds; of an extension: what is added' })
  @IsOptional()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @IsPositive()
  duration?: number;

  @ApiProperty({ required: false, example: '720p', description: '720p, 1080p or 4K' })
  @IsOptional()
  @IsString()
  @MaxLength(20)
  resolution?: string;

  @ApiProperty({ required: false, enum: ENHANCEMENT_TYPES, description: 'What is done to a video' })
  @IsOptional()
  @IsIn(ENHANCEMENT_TYPES)
  enhancementType?: EnhancementType;

  @ApiProperty({ required: false, example: '16:9' })
  @IsOptional()
  @IsString()
  @MaxLength(20)
  aspectRatio?: string;
}

/** A video whose prompt is worked on first. */
export class WorkflowRequest {
  @ApiProperty({ enum: WORKFLOWS })
  @IsIn(WORKFLOWS)
  workflow!: Workflow;

  @ApiProperty({ type: WorkflowInput })
  @IsObject()
  @IsNotEmptyObject()
  @ValidateNested()
  @Type(() => WorkflowInput)
  input!: WorkflowInput;

  @ApiProperty({ type: WorkflowParameters, required: false })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => WorkflowParameters)
  parameters?: WorkflowParameters;

  @ApiProperty({
    minLength: 1,
    maxLength: 128,
    description: "Earlier prompts of the same session are context: 'the same, but at night' works",
  })
  @Matches(/^[ -~]{1,128}$/, { message: '$property must be 1 to 128 printable ASCII characters' })
  sessionId!: string;
}
