import { IsBoolean, IsIn, IsInt, IsNumber, IsOptional, Max, Min } from 'class-validator';
import type { ReasoningEffort } from '../../providers/contract/text-request.js';
import { alternatives } from './field-reader.js';

const EFFORTS: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'];
const RESCUES = ['error', 'continue', 'restart'] as const;
const PENALTY_RULE = { message: '$property must be a number from -2 to 2' };
const SEED_RULE = { message: '$property must be a whole number' };
const LOGPROBS_RULE = { message: '$property must be a whole number from 0 to 20' };
const BUDGET_RULE = { message: '$property must be a whole number from 1 to 1000000' };
const DIMENSIONS_RULE = { message: '$property must be a whole number from 1 to 100000' };
const TRUE_OR_FALSE = { message: '$property must be true or false' };

/** Fields of a request that few have. */
export class AnswerWishesDto {
  @IsOptional()
  @IsNumber({}, PENALTY_RULE)
  @Min(-2, PENALTY_RULE)
  @Max(2, PENALTY_RULE)
  presencePenalty?: number;

  @IsOptional()
  @IsNumber({}, PENALTY_RULE)
  @Min(-2, PENALTY_RULE)
  @Max(2, PENALTY_RULE)
  frequencyPenalty?: number;

  @IsOptional()
  @IsInt(SEED_RULE)
  @Min(Number.MIN_SAFE_INTEGER, SEED_RULE)
  @Max(Number.MAX_SAFE_INTEGER, SEED_RULE)
  seed?: number;

  @IsOptional()
  @IsInt(LOGPROBS_RULE)
  @Min(0, LOGPROBS_RULE)
  @Max(20, LOGPROBS_RULE)
  topLogprobs?: number;

  @IsOptional()
  @IsIn(EFFORTS, { message: `$property must be ${alternatives(EFFORTS)}` })
  reasoningEffort?: ReasoningEffort;

  @IsOptional()
  @IsInt(BUDGET_RULE)
  @Min(1, BUDGET_RULE)
  @Max(1_000_000, BUDGET_RULE)
  reasoningBudgetTokens?: number;

  @IsOptional()
  @IsBoolean(TRUE_OR_FALSE)
  parallelToolCalls?: boolean;

  @IsOptional()
  @IsInt(DIMENSIONS_RULE)
  @Min(1, DIMENSIONS_RULE)
  @Max(100_000, DIMENSIONS_RULE)
  dimensions?: number;

  @IsOptional()
  @IsIn(RESCUES, { message: `$property must be ${alternatives(RESCUES)}` })
  onMidStreamFailure?: (typeof RESCUES)[number];

  @IsOptional()
  @IsBoolean(TRUE_OR_FALSE)
  cache?: boolean;
}
