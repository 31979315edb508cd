import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';

const RULE = '$property must be a text of 1 to 500 characters, not blank and without control characters';

/** Why an administrator does something: for people, kept for ever. */
export function Reason(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ minLength: 1, maxLength: 500, example: 'refund of ticket 4711' }),
    Matches(/^(?=.*\S)[^\p{Cc}\p{Cs}]{1,500}$/u, { message: RULE }),
  );
}
