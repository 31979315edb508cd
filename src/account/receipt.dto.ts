import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { PriceResponse } from '../billing/pricing/price-snapshot.dto.js';
import { VideoLineResponse } from '../video/api/video-line.dto.js';

const nullable = { nullable: true } as const;

/** Tokens by class. */
export class ReceiptUsage {
  @ApiProperty({ type: 'integer', example: 150 })
  promptTokens!: number;

  @ApiProperty({ type: 'integer', example: 300 })
  completionTokens!: number;

  @ApiProperty({ type: 'integer', example: 450 })
  totalTokens!: number;

  @ApiProperty({ type: 'integer', required: false, description: "The part of promptTokens from the provider's cache" })
  cachedTokens?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'The part of promptTokens written to that cache' })
  cacheWriteTokens?: number;

  @ApiProperty({
    type: 'integer',
    required: false,
    description: 'The part of cacheWriteTokens that is kept for an hour',
  })
  cacheWriteHourTokens?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'The part of completionTokens spent on reasoning' })
  reasoningTokens?: number;
}

/** What an attempt used that nobody was charged for. */
export class AttemptLoss {
  @ApiProperty({ type: 'integer' })
  promptTokens!: number;

  @ApiProperty({ type: 'integer' })
  completionTokens!: number;

  @ApiProperty({ description: 'US dollars' })
  usd!: number;
}

/** One provider that was asked, or passed over. */
export class ReceiptAttempt {
  @ApiProperty({ example: 'openai' })
  provider!: string;

  @ApiProperty({ example: 'gpt-4' })
  model!: string;

  @ApiProperty({ example: 'answered', description: "'answered', or why not" })
  outcome!: string;

  @ApiProperty({ type: 'integer', required: false, description: 'The HTTP status, where there was one' })
  status?: number;

  @ApiProperty({ description: 'Milliseconds' })
  durationMs!: number;

  @ApiProperty({
    required: false,
    description: 'Of an answer that broke off, and whose place another one took: an estimate of what it cost the house',
  })
  lost?: AttemptLoss;
}

/** What a second of video costs. */
export class VideoPriceResponse {
  @ApiProperty({ example: 0.1 })
  usdPerSecond!: number;

  @ApiProperty({ example: 200 })
  creditsPerSecond!: number;

  @ApiProperty({
    required: false,
    example: 0.012,
    description: 'Where each frame of the input is charged; what a second costs follows from it, and is only shown',
  })
  usdPerFrame?: number;

  @ApiProperty({ required: false, example: 24 })
  creditsPerFrame?: number;
}

/** The video that a receipt is of. */
export class ReceiptVideo {
  @ApiProperty({ example: 8, description: 'That were delivered; while it is made: that were ordered' })
  seconds!: number;

  @ApiProperty({ type: 'integer', required: false, example: 240, description: 'Of the input, where they are charged' })
  frames?: number;

  @ApiProperty({
    example: '720p',
    description: 'That was charged: a smaller one than ordered where that was delivered',
  })
  resolution!: string;

  @ApiProperty({ example: '16:9' })
  aspectRatio!: string;

  @ApiProperty({
    type: [VideoLineResponse],
    required: false,
    description:
      'Of a video of two steps: what each was charged, which add up to the charge; before its end what each costs at most. The price beside this is then that of the last one',
  })
  lines?: VideoLineResponse[];

  @ApiProperty({
    type: Number,
    ...nullable,
    example: 0.8,
    description:
      'What it cost at the provider, in US dollars; null: it is being made, came to nothing, or nobody knows',
  })
  providerCostUsd!: number | null;

  @ApiProperty({
    type: String,
    ...nullable,
    enum: ['provider', 'listed', null],
    description: "Whose figure that is: the provider's own, or its list price where it tells none",
  })
  providerCostSource!: string | null;
}

/** What a request was, what it used and what it cost. Amounts are credits. */
@ApiExtraModels(PriceResponse, VideoPriceResponse)
export class ReceiptResponse {
  @ApiProperty()
  id!: string;

  @ApiProperty({ enum: ['chat', 'completion', 'embedding', 'video'] })
  type!: string;

  @ApiProperty({ description: 'Whether it is a durable request (background: true)' })
  background!: boolean;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    ...nullable,
    description:
      "A durable request's answer: its last frame, 'completion' or 'error'; null: it has none yet, or it is no longer kept",
  })
  answer!: Record<string, unknown> | null;

  @ApiProperty({
    enum: ['pending', 'settled', 'released'],
    description: 'pending: it runs; settled: it was charged; released: it ended and cost nothing',
  })
  status!: string;

  @ApiProperty({ description: 'The model that answered; the one that was asked for while or where none did' })
  model!: string;

  @ApiProperty({ description: 'The provider likewise' })
  provider!: string;

  @ApiProperty({
    oneOf: [{ $ref: getSchemaPath(PriceResponse) }, { $ref: getSchemaPath(VideoPriceResponse) }],
    ...nullable,
    description: 'While it runs: of the first choice; null: nobody answered',
  })
  price!: PriceResponse | VideoPriceResponse | null;

  @ApiProperty({ type: ReceiptVideo, required: false, description: 'Of a video alone' })
  video?: ReceiptVideo;

  @ApiProperty({ type: ReceiptUsage, ...nullable, description: 'null: it runs, or is a video' })
  usage!: ReceiptUsage | null;

  @ApiProperty({
    type: String,
    ...nullable,
    enum: ['provider', 'estimated', 'reaper', null],
    description: 'Whose count usage is; reaper: the node was lost, the log was counted',
  })
  usageSource!: string | null;

  @ApiProperty({ type: [ReceiptAttempt] })
  attempts!: ReceiptAttempt[];

  @ApiProperty({ description: 'What was (or is) set aside for it' })
  hold!: number;

  @ApiProperty({ type: Number, ...nullable, description: 'What it cost; null: it runs' })
  charge!: number | null;

  @ApiProperty({ description: 'What it cost beyond what could be charged; the house bears it' })
  shortfall!: number;

  @ApiProperty({
    type: Number,
    ...nullable,
    description: 'The balance after the charge; null where nothing was charged',
  })
  balanceAfter!: number | null;

  @ApiProperty({ type: String, ...nullable, example: 'stop' })
  finishReason!: string | null;

  @ApiProperty({ type: String, ...nullable, description: "The error's code; null: it ended well, or runs" })
  error!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ type: String, ...nullable, format: 'date-time' })
  closedAt!: string | null;
}

/** What of a receipt depends on how its request ended. */
export type ReceiptEnd = Pick<
  ReceiptResponse,
  'model' | 'provider' | 'price' | 'video' | 'usage' | 'usageSource' | 'attempts' | 'finishReason' | 'error'
>;
