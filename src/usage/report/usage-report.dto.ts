import { ApiProperty } from '@nestjs/swagger';
import type { Grouping } from './usage-figures.js';

/** Videos among the requests. */
export class VideoUsage {
  @ApiProperty({ type: 'integer', example: 3 })
  requests!: number;

  @ApiProperty({ type: 'integer', example: 2 })
  completed!: number;

  @ApiProperty({ example: 16, description: 'Of video that was delivered' })
  seconds!: number;

  @ApiProperty({ example: 3200 })
  credits!: number;
}

/** Sums over requests that ended. Tokens as receipts count them. */
export class UsageSums {
  @ApiProperty({ type: 'integer', example: 120, description: 'That ended, of every kind, videos included' })
  requests!: number;

  @ApiProperty({ type: 'integer', example: 117 })
  completed!: number;

  @ApiProperty({ type: 'integer', example: 2 })
  failed!: number;

  @ApiProperty({ type: 'integer', example: 1 })
  cancelled!: number;

  @ApiProperty({ type: 'integer', example: 1, description: "Requests whose tokens are the gateway's own count" })
  estimated!: number;

  @ApiProperty({ type: 'integer', example: 18_000 })
  promptTokens!: number;

  @ApiProperty({ type: 'integer', example: 2_000, description: "Of the prompts': read from a cache of the provider's" })
  cachedTokens!: number;

  @ApiProperty({ type: 'integer', example: 0, description: "Of the prompts': written to such a cache" })
  cacheWriteTokens!: number;

  @ApiProperty({ type: 'integer', example: 36_000 })
  completionTokens!: number;

  @ApiProperty({ type: 'integer', example: 0, description: "Of the completions': spent on reasoning" })
  reasoningTokens!: number;

  @ApiProperty({ example: 5400, description: 'What was charged' })
  credits!: number;

  @ApiProperty({ example: 0, description: 'Credits that it cost beyond what the account had: nobody was charged' })
  shortfall!: number;

  @ApiProperty()
  videos!: VideoUsage;
}

/** The same for operators. Amounts are US dollars. */
export class AdminUsageSums extends UsageSums {
  @ApiProperty({ example: 2.7, description: 'What was charged, at the CREDITS_PER_USD of when it was counted' })
  revenueUsd!: number;

  @ApiProperty({
    example: 2.7,
    description:
      "What the providers charge for it: tokens at the receipt's prices, videos by the provider's own figure or its list",
  })
  providerCostUsd!: number;

  @ApiProperty({
    example: 0.01,
    description: 'An estimate of what attempts cost that broke off, and that nobody was charged for',
  })
  lostUsd!: number;

  @ApiProperty({ example: -0.01, description: 'revenueUsd − providerCostUsd − lostUsd' })
  marginUsd!: number;
}

const KEY = { example: '2026-11-22', description: 'The day, model, provider or user that the row is of' };

/** A line of a report. */
export class UsageRowResponse extends UsageSums {
  @ApiProperty(KEY)
  key!: string;
}

/** A line of a report for operators. */
export class AdminUsageRowResponse extends AdminUsageSums {
  @ApiProperty(KEY)
  key!: string;
}

/** What both reports say of themselves. */
abstract class ReportResponse {
  @ApiProperty({ example: '2026-11-01', description: 'The first day, UTC' })
  from!: string;

  @ApiProperty({ example: '2026-12-01', description: 'The day after the last one' })
  to!: string;

  @ApiProperty({ type: String, example: 'day' })
  groupBy!: Grouping;

  @ApiProperty({ format: 'date-time', description: 'What ended until then is in it; what ended since may not be yet' })
  asOf!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The cursor of the page after this one; null: there is none',
  })
  nextCursor!: string | null;
}

/** One's own usage. */
export class UsageReportResponse extends ReportResponse {
  @ApiProperty({
    type: [UsageRowResponse],
    description: 'In the order of their keys; of those without any usage there is none',
  })
  rows!: UsageRowResponse[];

  @ApiProperty({ description: 'Of the whole report, whatever is on the page' })
  total!: UsageSums;
}

/** Everybody's usage, or a user's. */
export class AdminUsageReportResponse extends ReportResponse {
  @ApiProperty({
    type: [AdminUsageRowResponse],
    description: 'In the order of their keys; of those without any usage there is none',
  })
  rows!: AdminUsageRowResponse[];

  @ApiProperty({ description: 'Of the whole report, whatever is on the page' })
  total!: AdminUsageSums;
}
