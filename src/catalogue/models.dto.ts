import { ApiProperty } from '@nestjs/swagger';
import { MODEL_CAPABILITIES, type ModelCapability } from './models-query.dto.js';

const decimal = (example: string) => ApiProperty({ example, pattern: String.raw`^\d+(\.\d+)?$` });

/** Rates per million tokens, as exact decimals; cacheWriteHour is for what the provider's cache keeps for an hour. */
export class ModelRates {
  @decimal('2.5')
  input!: string;

  @decimal('1.25')
  cachedInput!: string;

  @decimal('2.5')
  cacheWrite!: string;

  @decimal('2.5')
  cacheWriteHour!: string;

  @decimal('10')
  output!: string;
}

/** What holds for prompts from a length on: the whole request is priced by it. */
export class ModelPriceTier {
  @ApiProperty({
    type: 'integer',
    example: 0,
    description: "Prompts of so many tokens and more; the first tier's is 0",
  })
  fromInputTokens!: number;

  @ApiProperty({ description: 'Per million tokens' })
  credits!: ModelRates;

  @ApiProperty({ description: 'Per million tokens' })
  usd!: ModelRates;
}

/** A provider that has the model. */
export class ModelProvider {
  @ApiProperty({ example: 'openai' })
  provider!: string;

  @ApiProperty({
    example: 'gpt-4o',
    description: 'What it is asked for: the model itself, or what its name is an alias of',
  })
  model!: string;

  @ApiProperty({ enum: ['genai-prices', 'override', 'default'], description: 'Whose price it is' })
  priceSource!: string;

  @ApiProperty({ type: [ModelPriceTier] })
  prices!: ModelPriceTier[];
}

/** Another model that answers when no provider that has this one does. */
export class ModelStandIn {
  @ApiProperty({ example: 'claude' })
  provider!: string;

  @ApiProperty({ example: 'claude-sonnet-5' })
  model!: string;
}

/** A model that may be asked for. */
export class ModelResponse {
  @ApiProperty({ example: 'gpt-4o', description: "What to send as 'model'" })
  id!: string;

  @ApiProperty({ description: "id is a pattern, in which '*' stands for any text" })
  family!: boolean;

  @ApiProperty({
    type: [String],
    example: [],
    description:
      "The models that the name stands for, 'provider:model' where it is for that provider; empty: it is a model's own name",
  })
  aliasOf!: string[];

  @ApiProperty({ enum: ['chat', 'embedding'], description: 'chat: for completion too' })
  type!: string;

  @ApiProperty({
    description: 'One of its providers would be sent a request now; without one, its stand-ins are asked',
  })
  available!: boolean;

  @ApiProperty({ description: 'Its vendor is about to retire it, or has' })
  deprecated!: boolean;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Tokens of prompt and answer together; null: unknown' })
  contextTokens!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'The longest answer; null: an embedding has none' })
  maxOutputTokens!: number | null;

  @ApiProperty({ enum: MODEL_CAPABILITIES, isArray: true })
  capabilities!: ModelCapability[];

  @ApiProperty({ type: [ModelProvider], description: "Who has it, in the order in which 'auto' asks them" })
  providers!: ModelProvider[];

  @ApiProperty({ type: [ModelStandIn], description: 'Who answers when they fail, in order' })
  standIns!: ModelStandIn[];
}

/** How a provider stands, as the node that answers sees it. */
export class ProviderHealthResponse {
  @ApiProperty({ example: 'openai' })
  id!: string;

  @ApiProperty({ description: 'A request would be sent there now' })
  available!: boolean;

  @ApiProperty({ enum: ['closed', 'open', 'half-open'], description: 'Its circuit breaker; open: it failed too often' })
  breaker!: string;

  @ApiProperty({ type: 'integer', example: 0, description: 'Milliseconds for which it is still left alone' })
  cooldownMs!: number;
}

/** A picture format that a video model makes. */
export class VideoFormatResponse {
  @ApiProperty({ enum: ['720p', '1080p', '4K'] })
  resolution!: string;

  @ApiProperty({ example: '16:9' })
  aspectRatio!: string;

  @ApiProperty({ type: 'integer', example: 1280, description: 'Pixels' })
  width!: number;

  @ApiProperty({ type: 'integer', example: 720, description: 'Pixels' })
  height!: number;

  @decimal('0.1')
  usdPerSecond!: string;

  @decimal('200')
  creditsPerSecond!: string;

  @ApiProperty({ required: false, example: '0.012', description: 'Where each frame of the input is charged instead' })
  usdPerFrame?: string;

  @ApiProperty({ required: false, example: '24' })
  creditsPerFrame?: string;
}

/** One thing that a video model can do. */
export class VideoModelResponse {
  @ApiProperty({ example: 'sora' })
  provider!: string;

  @ApiProperty({ example: 'sora-2' })
  model!: string;

  @ApiProperty({ enum: ['text-to-video', 'image-to-video', 'upscale', 'restyle', 'extend'] })
  operation!: string;

  @ApiProperty({
    type: [Number],
    example: [4, 8, 12],
    description: 'Lengths that it makes; none: as long as its input',
  })
  seconds!: number[];

  @ApiProperty({ type: 'integer', nullable: true, description: 'Longest video that it takes; null: it takes none' })
  maxInputSeconds!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 30,
    description: 'What is held for where a video of this is enlarged in a second step; null: none is',
  })
  mostFramesPerSecond!: number | null;

  @ApiProperty({ type: [VideoFormatResponse] })
  formats!: VideoFormatResponse[];
}

/** The models that may be asked for, by name, and the providers that have them. */
export class ModelsResponse {
  @ApiProperty({ type: [ProviderHealthResponse], description: "In the order in which 'auto' asks them" })
  providers!: ProviderHealthResponse[];

  @ApiProperty({ type: [ModelResponse] })
  models!: ModelResponse[];

  @ApiProperty({
    type: [VideoModelResponse],
    description: 'What may be asked for as a video, in the order in which providers are chosen',
  })
  videos!: VideoModelResponse[];
}
