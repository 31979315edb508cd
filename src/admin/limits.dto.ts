import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsOptional, Max, Min, ValidateBy } from 'class-validator';
import { creditAmount } from './credit-amount.js';

const MOST = 1_000_000_000;
const MOST_CREDITS = 999_999_999;

function Count(): PropertyDecorator {
  const message = `$property must be a whole number from 0 to ${MOST}, or null for the role's limit`;
  return applyDecorators(
    ApiProperty({ type: 'integer', required: false, nullable: true, minimum: 0, maximum: MOST, example: 60 }),
    IsOptional(),
    IsInt({ message }),
    Min(0, { message }),
    Max(MOST, { message }),
  );
}

function Credits(): PropertyDecorator {
  const message = `$property must be a number from 0 to ${MOST_CREDITS} with at most 6 decimals, or null for the role's limit`;
  return applyDecorators(
    ApiProperty({ type: 'number', required: false, nullable: true, minimum: 0, maximum: MOST_CREDITS, example: 2000 }),
    IsOptional(),
    ValidateBy({ name: 'creditLimit', validator: { validate: isCreditLimit, defaultMessage: () => message } }),
  );
}

function isCreditLimit(value: unknown): boolean {
  return value === 0 || (creditAmount(value) !== undefined && (value as number) <= MOST_CREDITS);
}

/** Limits to set: null is the role's again, what is left out stays. */
export class LimitsRequest {
  @Count()
  requestsPerMinute?: number | null;

  @Count()
  tokensPerMinute?: number | null;

  @Count()
  concurrentStreams?: number | null;

  @Credits()
  creditsPerDay?: number | null;

  @Credits()
  creditsPerMonth?: number | null;

  @Count()
  videosPerDay?: number | null;
}

function Own(type: 'integer' | 'number'): PropertyDecorator {
  return ApiProperty({ type, nullable: true, example: 60 });
}

/** A user's own limits; null: the role's. */
export class LimitsResponse {
  @Own('integer')
  requestsPerMinute!: number | null;

  @Own('integer')
  tokensPerMinute!: number | null;

  @Own('integer')
  concurrentStreams!: number | null;

  @Own('number')
  creditsPerDay!: number | null;

  @Own('number')
  creditsPerMonth!: number | null;

  @Own('integer')
  videosPerDay!: number | null;
}

/** What counts against limits. */
export class LimitUsageResponse {
  @ApiProperty({ type: 'integer', example: 3, description: '0 too where nothing of the user is limited by the minute' })
  requestsThisMinute!: number;

  @ApiProperty({ type: 'integer', example: 1200 })
  tokensThisMinute!: number;

  @ApiProperty({ type: 'integer', example: 1, description: 'Answers that run now, on all nodes' })
  concurrentStreams!: number;

  @ApiProperty({ example: 12.5, description: 'Charged since midnight UTC' })
  creditsToday!: number;

  @ApiProperty({ example: 310.25, description: 'Charged since the first of the month, UTC' })
  creditsThisMonth!: number;

  @ApiProperty({ example: 40, description: 'Held for what runs, and for videos' })
  creditsHeld!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  videosToday!: number;
}

/** A user's own limits, and what counts against limits. */
export class UserLimitsResponse {
  @ApiProperty({ example: 'alice' })
  userId!: string;

  @ApiProperty()
  limits!: LimitsResponse;

  @ApiProperty()
  usage!: LimitUsageResponse;
}
