import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';

/** What a model may be asked to be able to. */
export const MODEL_CAPABILITIES = ['tools', 'images', 'structuredOutput', 'logprobs', 'prefill', 'reasoning'] as const;
export type ModelCapability = (typeof MODEL_CAPABILITIES)[number];

const TYPES = ['chat', 'embedding'] as const;
const TEXT = /^[\x20-\x7e]{1,200}$/;

/** Which models are wanted: those that fit all of it. */
export class ModelsQuery {
  @ApiProperty({ required: false, example: 'openai', description: 'Models that this provider has' })
  @IsOptional()
  @Matches(TEXT, { message: "$property must be a provider's name" })
  provider?: string;

  @ApiProperty({ required: false, enum: MODEL_CAPABILITIES })
  @IsOptional()
  @IsIn(MODEL_CAPABILITIES, { message: `$property must be one of ${MODEL_CAPABILITIES.join(', ')}` })
  capability?: ModelCapability;

  @ApiProperty({ required: false, enum: TYPES })
  @IsOptional()
  @IsIn(TYPES, { message: "$property must be 'chat' or 'embedding'" })
  type?: (typeof TYPES)[number];

  @ApiProperty({ required: false, description: 'Part of the name, in whatever case' })
  @IsOptional()
  @Matches(TEXT, { message: '$property must be 1 to 200 printable ASCII characters' })
  search?: string;
}
