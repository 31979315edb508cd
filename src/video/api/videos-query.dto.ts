import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import {
  IsIn,
  IsOptional,
  Matches,
  Validate,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { PageCursor, PageLimit } from '../../common/http/page-query.js';
import { PUBLIC_STATUSES, type PublicStatus } from './video-status.dto.js';
import { readVideosCursor } from './videos-cursor.js';

const LARGEST_VIDEOS_PAGE = 100;
const USUAL_PAGE = 20;
const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

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
  @PageCursor(readVideosCursor, "An earlier page's nextCursor; absent: the newest videos")
  cursor?: string;

  @PageLimit(LARGEST_VIDEOS_PAGE, USUAL_PAGE)
  limit = USUAL_PAGE;

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
