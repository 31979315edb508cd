import { ApiProperty } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

const MOST_TOKENS = 1_000_000;
const RULE = `$property must be a whole number from 0 to ${MOST_TOKENS}`;

/** For how long an answer the cost is wanted. */
export class EstimateQuery {
  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 0,
    maximum: MOST_TOKENS,
    description: "The answer's tokens, as far as one can tell: the estimate then has 'expected'",
  })
  @IsOptional()
  @Transform(wholeNumber)
  @IsInt({ message: RULE })
  @Min(0, { message: RULE })
  @Max(MOST_TOKENS, { message: RULE })
  outputTokens?: number;
}

/** Digits and nothing else: Number() would take '' for 0 and '1e1' for 10. */
function wholeNumber({ value }: TransformFnParams): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : (value as unknown);
}
