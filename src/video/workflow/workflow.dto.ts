import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsIn,
  IsNumber,
  IsObject,
  IsOptional,
  IsPositive,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { PromptText, StyleText } from '../api/written-text.js';

export const WORKFLOWS = ['text-to-video', 'image-to-video', 'video-enhancement'] as const;
export type Workflow = (typeof WORKFLOWS)[number];
export const ENHANCEMENT_TYPES = ['upscale', 'restyle', 'extend'] as const;
export type EnhancementType = (typeof ENHANCEMENT_TYPES)[number];

/** What a workflow works on: which of them it needs depends on it. */
export class WorkflowInput {
  @IsOptional()
  @PromptText()
  @ApiProperty({ required: false, description: 'What the video is to show' })
  text?: string | null;

  @ApiProperty({ required: false, format: 'uri', description: 'Of an image, by https on the public internet' })
  @IsOptional()
  @IsString()
  @Length(1, 2_048)
  imageUrl?: string | null;

  @ApiProperty({ required: false, format: 'uri', description: 'Of an MP4, by https on the public internet' })
  @IsOptional()
  @IsString()
  @Length(1, 2_048)
  videoUrl?: string | null;
}

/** How the video is to be; what is left out is chosen and told. */
export class WorkflowParameters {
  @StyleText()
  style?: string | null;

  @ApiProperty({ required: false, example: 8, description: 'Seconds; of an extension: what is added' })
  @IsOptional()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @IsPositive()
  duration?: number | null;

  @ApiProperty({ required: false, enum: ['720p', '1080p', '4K'] })
  @IsOptional()
  @IsIn(['720p', '1080p', '4K'])
  resolution?: string | null;

  @ApiProperty({ required: false, enum: ENHANCEMENT_TYPES, description: 'What is done to a video' })
  @IsOptional()
  @IsIn(ENHANCEMENT_TYPES)
  enhancementType?: EnhancementType | null;

  @ApiProperty({ required: false, example: '16:9' })
  @IsOptional()
  @Matches(/^[1-9]\d{0,3}:[1-9]\d{0,3}$/, { message: "$property must be 'width:height', such as '16:9' or '9:16'" })
  aspectRatio?: string | null;
}

/** A video whose prompt is worked on first. */
export class WorkflowRequest {
  @ApiProperty({ enum: WORKFLOWS })
  @IsIn(WORKFLOWS)
  workflow!: Workflow;

  @ApiProperty({ type: WorkflowInput })
  @IsObject()
  @ValidateNested()
  @Type(() => WorkflowInput)
  input!: WorkflowInput;

  @ApiProperty({ type: WorkflowParameters, required: false })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => WorkflowParameters)
  parameters?: WorkflowParameters | null;

  @ApiProperty({
    minLength: 1,
    maxLength: 128,
    description: "Earlier prompts of the same session are context: 'the same, but at night' works",
  })
  @Matches(/^[ -~]{1,128}$/, { message: '$property must be 1 to 128 printable ASCII characters' })
  sessionId!: string;
}
