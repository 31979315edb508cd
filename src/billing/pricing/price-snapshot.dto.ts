import { ApiProperty } from '@nestjs/swagger';

/** The rates that are applied, in US dollars per million tokens. */
export class PriceResponse {
  @ApiProperty({ description: 'Whose price it is: genai-prices, override, default; cache: it is free' })
  source!: string;

  @ApiProperty({ example: 30 })
  inputUsdPerMtok!: number;

  @ApiProperty({ example: 60 })
  outputUsdPerMtok!: number;

  @ApiProperty({ example: 30 })
  cachedInputUsdPerMtok!: number;

  @ApiProperty({ required: false, example: 30, description: 'Of what is written to a cache of the provider' })
  cacheWriteUsdPerMtok?: number;

  @ApiProperty({ required: false, example: 30, description: 'The same, where the cache keeps it for an hour' })
  cacheWriteHourUsdPerMtok?: number;
}
