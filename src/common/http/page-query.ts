import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsInt, IsOptional, Max, Min, ValidateBy } from 'class-validator';

/**
 * Where a page of a list begins: what an earlier page gave as its `nextCursor`.
 * @param read undefined for text that is no cursor of this list
 */
export function PageCursor(read: (cursor: string) => unknown, description: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ required: false, description }),
    IsOptional(),
    ValidateBy({
      name: 'pageCursor',
      validator: {
        validate: (cursor) => typeof cursor === 'string' && read(cursor) !== undefined,
        defaultMessage: () => '$property must be the nextCursor of an earlier page, or absent',
      },
    }),
  );
}

/** How much a page of a list has at most. @param usual where a client doesn't say; the property's own initial value */
export function PageLimit(largest: number, usual: number): PropertyDecorator {
  const message = `$property must be a whole number from 1 to ${largest}`;
  return applyDecorators(
    ApiProperty({ required: false, type: 'integer', minimum: 1, maximum: largest, default: usual }),
    Transform(wholeNumber),
    IsInt({ message }),
    Min(1, { message }),
    Max(largest, { message }),
  );
}

/** Digits and nothing else: Number() would take '' for 0 and '1e1' for 10. */
function wholeNumber({ value }: TransformFnParams): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : (value as unknown);
}
