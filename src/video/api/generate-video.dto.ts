import { ApiProperty } from '@nestjs/swagger';
import { IsNumber, IsOptional, IsPositive, Matches } from 'class-validator';
import { PUBLIC_STATUSES, SubstitutionResponse, type PublicStatus } from './video-status.dto.js';
import { PromptText, StyleText } from './written-text.js';

const DURATION = '$property must be a number of seconds above 0, such as 8 (GET /api/mcp/models lists what there is)';
const RESOLUTION = "$property must be '720p', '1080p' or '4K'";
const ASPECT_RATIO = "$property must be 'width:height', such as '16:9' or '9:16'";

/** A video to be made. */
export class GenerateVideoRequest {
  @PromptText()
  prompt!: string;

  @ApiProperty({ exclusiveMinimum: true, minimum: 0, example: 8, description: 'Seconds' })
  @IsNumber({ allowNaN: false, allowInfinity: false }, { message: DURATION })
  @IsPositive({ message: DURATION })
  duration!: number;

  @ApiProperty({ enum: ['720p', '1080p', '4K'] })
  @Matches(/^(720p|1080p|4K)$/, { message: RESOLUTION })
  resolution!: string;

  @StyleText()
  style?: string | null;

  @ApiProperty({ required: false, example: '16:9', description: "Absent: '16:9', or the nearest to it that there is" })
  @IsOptional()
  @Matches(/^[1-9]\d{0,3}:[1-9]\d{0,3}$/, { message: ASPECT_RATIO })
  aspectRatio?: string | null;

  @ApiProperty({ required: false, minLength: 1, maxLength: 128, description: 'What it belongs to, in your words' })
  @IsOptional()
  @Matches(/^[ -~]{1,128}$/, { message: '$property must be 1 to 128 printable ASCII characters' })
  sessionId?: string | null;
}

/** A video that was ordered. */
export class GenerateVideoResponse {
  @ApiProperty({ format: 'uuid' })
  videoId!: string;

  @ApiProperty({ enum: PUBLIC_STATUSES, description: 'processing; of a repeated Idempotency-Key: as it stands now' })
  status!: PublicStatus;

  @ApiProperty({ example: 1600, description: 'What it will cost: it is charged once it can be played' })
  creditsUsed!: number;

  @ApiProperty({ type: 'integer', example: 110, description: 'Seconds until it can be played, by experience' })
  estimatedTime!: number;

  @ApiProperty({
    required: false,
    example: 4800,
    description: 'What is held, where another provider that may have to step in is dearer: it never costs more',
  })
  creditsHeld?: number;

  @ApiProperty({
    type: [SubstitutionResponse],
    required: false,
    description: 'What was left out of the request and is not as its default has it',
  })
  substitutions?: SubstitutionResponse[];
}
