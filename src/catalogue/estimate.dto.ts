import { ApiProperty } from '@nestjs/swagger';
import { PriceResponse } from '../billing/pricing/price-snapshot.dto.js';

/** One provider that would be asked. */
export class EstimateStep {
  @ApiProperty({ example: 'openai' })
  provider!: string;

  @ApiProperty({ example: 'gpt-4' })
  model!: string;

  @ApiProperty({ description: 'A request would be sent there now' })
  available!: boolean;

  @ApiProperty({
    required: false,
    enum: ['context_length_exceeded', 'content_filtered', 'model_not_found'],
    description: 'It is asked only after a model before it refused the request so; absent: after any failure',
  })
  onlyAfter?: string;
}

/** What stands in the way of a request, or may. */
export const ESTIMATE_REASONS = [
  'insufficient_credits',
  'account_frozen',
  'clamped_to_balance',
  'credits_may_run_out',
  'providers_unavailable',
] as const;
export type EstimateReason = (typeof ESTIMATE_REASONS)[number];

/** What a request would hold at most, and whether the balance covers it. Amounts are credits. */
export class EstimateResponse {
  @ApiProperty({ example: 'gpt-4', description: 'The model that would be asked first' })
  model!: string;

  @ApiProperty({ example: 'openai', description: 'The provider likewise' })
  provider!: string;

  @ApiProperty({ type: [EstimateStep], description: 'Who would be asked, in order, as long as nobody answers' })
  chain!: EstimateStep[];

  @ApiProperty({ description: 'The same was answered before and is kept: it would be given again, for nothing' })
  cached!: boolean;

  @ApiProperty({ type: 'integer', example: 12, description: "The prompt, by our count; the provider's own decides" })
  promptTokens!: number;

  @ApiProperty({
    type: 'integer',
    example: 69,
    description: 'What the hold covers: no prompt has more tokens than bytes',
  })
  promptTokensBound!: number;

  @ApiProperty({ type: 'integer', example: 4096, description: 'Tokens to which the answer would be limited' })
  outputLimit!: number;

  @ApiProperty({ example: 495.66, description: 'What would be held before anything is sent' })
  holdAtFirst!: number;

  @ApiProperty({ example: 495.66, description: 'What the hold would grow to with the longest answer' })
  holdAtMost!: number;

  @ApiProperty({ required: false, example: 36.72, description: 'The cost of the prompt as counted and outputTokens' })
  expected?: number;

  @ApiProperty({ description: "The first one's rates, for this prompt" })
  price!: PriceResponse;

  @ApiProperty({ example: 9955, description: 'What of the balance is not held' })
  available!: number;

  @ApiProperty({ description: 'Available credits cover holdAtMost: they can not run out amid the answer' })
  isCovered!: boolean;

  @ApiProperty({ description: 'The account would be let begin it, now' })
  isAccepted!: boolean;

  @ApiProperty({
    type: 'integer',
    required: false,
    description: 'The output tokens that the balance covers, where the answer would be limited to them',
  })
  willBeClampedTo?: number;

  @ApiProperty({ enum: ESTIMATE_REASONS, isArray: true, description: 'What stands in the way, or may; empty: nothing' })
  reasons!: EstimateReason[];
}
