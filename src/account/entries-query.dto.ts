import { ApiProperty } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import {
  IsInt,
  IsOptional,
  Max,
  Min,
  Validate,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { LARGEST_PAGE } from '../billing/accounts/entries.service.js';
import { readEntriesCursor } from './entries-cursor.js';

const LIMIT_RULE = `$property must be a whole number from 1 to ${LARGEST_PAGE}`;

@ValidatorConstraint({ name: 'entriesCursor' })
class EntriesCursor implements ValidatorConstraintInterface {
  validate(cursor: unknown): boolean {
    return typeof cursor === 'string' && readEntriesCursor(cursor) !== undefined;
  }

  defaultMessage(): string {
    return '$property must be the nextCursor of an earlier page, or absent';
  }
}

/** Which page of the ledger's entries. */
export class EntriesQuery {
  @ApiProperty({ required: false, description: "An earlier page's nextCursor; absent: the newest entries" })
  @IsOptional()
  @Validate(EntriesCursor)
  cursor?: string;

  @ApiProperty({ required: false, type: 'integer', minimum: 1, maximum: LARGEST_PAGE, default: 50 })
  @Transform(wholeNumber)
  @IsInt({ message: LIMIT_RULE })
  @Min(1, { message: LIMIT_RULE })
  @Max(LARGEST_PAGE, { message: LIMIT_RULE })
  limit = 50;
}

/** Digits and nothing else: Number() would take '' for 0 and '1e1' for 10. */
function wholeNumber({ value }: TransformFnParams): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : (value as unknown);
}
