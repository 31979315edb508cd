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
import { readInstant } from '../common/instant.js';
import { readAuditCursor } from './audit-cursor.js';

export const LARGEST_AUDIT_PAGE = 1_000;
const LIMIT_RULE = `$property must be a whole number from 1 to ${LARGEST_AUDIT_PAGE}`;
const NAME = /^\P{Cc}{1,160}$/u;
const NAME_RULE = { message: '$property must be 1 to 160 characters, without control characters' };
const ACTION = /^[a-z][a-z._-]{0,62}\*?$/;

@ValidatorConstraint({ name: 'auditCursor' })
class AuditCursor implements ValidatorConstraintInterface {
  validate(cursor: unknown): boolean {
    return typeof cursor === 'string' && readAuditCursor(cursor) !== undefined;
  }

  defaultMessage(): string {
    return '$property must be the nextCursor of an earlier page, or absent';
  }
}

@ValidatorConstraint({ name: 'instant' })
class Instant implements ValidatorConstraintInterface {
  validate(text: unknown): boolean {
    return typeof text === 'string' && readInstant(text) !== undefined;
  }

  defaultMessage(): string {
    return '$property must be a date such as 2026-11-22 or a time such as 2026-11-22T09:30:00Z';
  }
}

/** Which events of the audit trail. */
export class AuditQuery {
  @ApiProperty({
    required: false,
    example: '2026-11-01',
    description: 'Events of that time or later; UTC where no zone is named',
  })
  @IsOptional()
  @Validate(Instant)
  from?: string;

  @ApiProperty({ required: false, example: '2026-12-01', description: 'Events before that time' })
  @IsOptional()
  @Validate(Instant)
  to?: string;

  @ApiProperty({ required: false, example: 'user:alice', description: 'Who did it' })
  @IsOptional()
  @Matches(NAME, NAME_RULE)
  actor?: string;

  @ApiProperty({
    required: false,
    example: 'admin.*',
    description: 'What was done; `admin.*`: all that begin with `admin.`',
  })
  @IsOptional()
  @Matches(ACTION, { message: "$property must be an action such as 'admin.grant', or 'admin.*'" })
  action?: string;

  @ApiProperty({ required: false, example: 'alice', description: 'Whom or what it was done to' })
  @IsOptional()
  @Matches(NAME, NAME_RULE)
  subject?: string;

  @ApiProperty({ required: false, description: "An earlier page's nextCursor; absent: the newest events" })
  @IsOptional()
  @Validate(AuditCursor)
  cursor?: string;

  @ApiProperty({ required: false, type: 'integer', minimum: 1, maximum: LARGEST_AUDIT_PAGE, default: 100 })
  @Transform(wholeNumber)
  @IsInt({ message: LIMIT_RULE })
  @Min(1, { message: LIMIT_RULE })
  @Max(LARGEST_AUDIT_PAGE, { message: LIMIT_RULE })
  limit = 100;

  @ApiProperty({ required: false, enum: ['json', 'csv'], default: 'json' })
  @IsIn(['json', 'csv'], { message: '$property must be json or csv' })
  format: 'json' | 'csv' = 'json';
}

/** Digits and nothing else: Number() would take '' for 0 and '1e1' for 10. */
function wholeNumber({ value }: TransformFnParams): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : (value as unknown);
}
