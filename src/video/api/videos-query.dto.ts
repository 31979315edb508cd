import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  Matches,
  Max,
  Min,
  Validate,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { PUBLIC_STATUSES, type PublicStatus } from './video-status.dto.js';
import { readVideosCursor } from './videos-cursor.js';

export const LARGEST_VIDEOS_PAGE = 100;
const LIMIT_RULE = `$property must be a whole number from 1 to ${LARGEST_VIDEOS_PAGE}`;
const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

@ValidatorConstraint({ name: 'videosCursor' })
class VideosCursor implements ValidatorConstraintInterface {
  validate(cursor: unknown): boolean {
    return typeof cursor === 'string' && readVideosCursor(cursor) !== undefined;
  }

  defaultMessage(): string {
    return '$property must be the nextCursor of an earlier page, or absent';
  }
}

@ValidatorConstraint({ name: 'moment' })
class Moment implements ValidatorConstraintInterface {
  validate(text: unknown): boolean {
    return typeof text === 'string' && MOMENT.test(text) && !Number.isNaN(Date.parse(text));
  }

  defaultMessage(): string {
    return "$property must be a date or a time with its zone, such as '2026-11-22' (UTC) or '2026-11-22T10:00:00Z'";
  }
}

/** What each video that is listed has. */
function Filter(description: string, example?: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ required: false, description, ...(example === undefined ? {} : { example }) }),
    IsOptional(),
    Matches(/^[ -~]{1,128}$/, { message: '$property must be 1 to 128 printable ASCII characters' }),
  );
}

/** Which of one's own videos, and which page of them. */
export class VideosQuery {
  @ApiProperty({ required: false, description: "An earlier page's nextCursor; absent: the newest videos" })
  @IsOptional()
  @Validate(VideosCursor)
  cursor?: string;

  @ApiProperty({ required: false, type: 'integer', minimum: 1, maximum: LARGEST_VIDEOS_PAGE, default: 20 })
  @Transform(wholeNumber)
  @IsInt({ message: LIMIT_RULE })
  @Min(1, { message: LIMIT_RULE })
  @Max(LARGEST_VIDEOS_PAGE, { message: LIMIT_RULE })
  limit = 20;

  @ApiProperty({ required: false, enum: PUBLIC_STATUSES })
  @IsOptional()
  @IsIn(PUBLIC_STATUSES, { message: `$property must be one of ${PUBLIC_STATUSES.join(', ')}` })
  status?: PublicStatus;

  @Filter('As it was given with the request')
  sessionId?: string;

  @Filter('The workflow that it was made by')
  workflowId?: string;

  @Filter('Who makes it', 'sora')
  provider?: string;

  @Filter('What it is made with', 'sora-2')
  model?: string;

  @ApiProperty({ required: false, example: '2026-11-22', description: 'Ordered then or later' })
  @IsOptional()
  @Validate(Moment)
  from?: string;

  @ApiProperty({ required: false, example: '2026-11-23', description: 'Ordered before that' })
  @IsOptional()
  @Validate(Moment)
  to?: string;
}

/** Digits and nothing else: Number() would take '' for 0 and '1e1' for 10. */
function wholeNumber({ value }: TransformFnParams): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : (value as unknown);
}
