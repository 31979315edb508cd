import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, Validate, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { isUserId, USER_ID_RULE } from '../../auth/user-id.js';
import { PageCursor, PageLimit } from '../../common/http/page-query.js';
import { DEFAULT_DAYS, isDay, MOST_DAYS } from './report-period.js';
import { readUsageCursor } from './usage-cursor.js';
import { GROUPINGS, type Grouping } from './usage-figures.js';

/** A year of days. */
export const LARGEST_USAGE_PAGE = 500;
/** Of one's own usage. */
const OWN_GROUPINGS = ['day', 'model', 'provider'] as const;
const FORMATS = ['json', 'csv'] as const;

@ValidatorConstraint({ name: 'day' })
class Day implements ValidatorConstraintInterface {
  validate(text: unknown): boolean {
    return typeof text === 'string' && isDay(text);
  }

  defaultMessage(): string {
    return "$property must be a day (UTC) such as '2026-11-22'";
  }
}

@ValidatorConstraint({ name: 'userId' })
class UserId implements ValidatorConstraintInterface {
  validate(userId: unknown): boolean {
    return isUserId(userId);
  }

  defaultMessage(): string {
    return `$property must be ${USER_ID_RULE}`;
  }
}

/** Which days of usage, and how they are to be shown. */
export abstract class ReportQuery {
  abstract groupBy: Grouping;

  @ApiProperty({
    required: false,
    example: '2026-11-01',
    description: `The first day (UTC); absent: ${DEFAULT_DAYS} days before \`to\``,
  })
  @IsOptional()
  @Validate(Day)
  from?: string;

  @ApiProperty({
    required: false,
    example: '2026-12-01',
    description: `The day after the last one, at most ${MOST_DAYS} days after \`from\`; absent: tomorrow, so that today is the last one`,
  })
  @IsOptional()
  @Validate(Day)
  to?: string;

  @ApiProperty({
    required: false,
    enum: FORMATS,
    default: 'json',
    description: 'csv: all rows at once, without the total',
  })
  @IsIn(FORMATS, { message: `$property must be one of ${FORMATS.join(', ')}` })
  format: (typeof FORMATS)[number] = 'json';

  @PageCursor(readUsageCursor, "An earlier page's nextCursor; absent: the first rows. For json alone")
  cursor?: string;

  @PageLimit(LARGEST_USAGE_PAGE, LARGEST_USAGE_PAGE)
  limit = LARGEST_USAGE_PAGE;
}

/** Which report of one's own usage. */
export class OwnUsageQuery extends ReportQuery {
  @ApiProperty({ required: false, enum: OWN_GROUPINGS, default: 'day' })
  @IsIn(OWN_GROUPINGS, { message: `$property must be one of ${OWN_GROUPINGS.join(', ')}` })
  groupBy: (typeof OWN_GROUPINGS)[number] = 'day';
}

/** Which report of everybody's usage, or of a user's. */
export class AdminUsageQuery extends ReportQuery {
  @ApiProperty({ required: false, enum: GROUPINGS, default: 'day' })
  @IsIn(GROUPINGS, { message: `$property must be one of ${GROUPINGS.join(', ')}` })
  groupBy: Grouping = 'day';

  @ApiProperty({
    required: false,
    example: 'alice',
    description: "The token's sub of whose usage; absent: everybody's",
  })
  @IsOptional()
  @Validate(UserId)
  userId?: string;
}
