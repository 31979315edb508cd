import { IsBoolean, IsIn, IsInt, IsNumber, IsOptional, Matches, Max, Min, Validate } from 'class-validator';
import { ID_PATTERN, ID_RULE } from '../../completions/request-id.js';
import { BackgroundIsWhole, PromptOfType, StopSequences } from './request-rules.js';

const MOST_TOKENS = 1_000_000;

/**
 * The given request frame, with our optional fields; an absent optional field has the default that docs/protocol.md says.
 * Lists and objects are read by readers of their own (`messages`, `tools` …), fields that few requests have are in
 * AnswerWishesDto: class-validator takes its time for each rule, whether the field is there or not.
 */
export class RequestFrameDto {
  @Matches(ID_PATTERN, { message: `$property ${ID_RULE}` })
  id!: string;

  @IsIn(['chat', 'completion', 'embedding'], {
    message: "$property must be 'chat', 'completion' or 'embedding' ('subscribe' and 'unsubscribe' are for events)",
  })
  type!: 'chat' | 'completion' | 'embedding';

  @Matches(/^[A-Za-z0-9][\w.-]{0,63}$/, { message: "$property must be 'auto' or the name of a provider" })
  provider!: string;

  @Matches(/^[\x21-\x7e]{1,200}$/, {
    message: '$property must be a string of 1 to 200 printable ASCII characters without spaces',
  })
  model!: string;

  @Validate(PromptOfType)
  prompt?: string | string[];

  @IsBoolean({ message: '$property must be true or false' })
  stream!: boolean;

  @IsOptional()
  @Validate(BackgroundIsWhole)
  background?: boolean;

  @IsOptional()
  @IsInt({ message: `$property must be a whole number from 1 to ${MOST_TOKENS}` })
  @Min(1, { message: `$property must be a whole number from 1 to ${MOST_TOKENS}` })
  @Max(MOST_TOKENS, { message: `$property must be a whole number from 1 to ${MOST_TOKENS}` })
  maxTokens?: number;

  @IsOptional()
  @IsNumber({}, { message: '$property must be a number from 0 to 2' })
  @Min(0, { message: '$property must be a number from 0 to 2' })
  @Max(2, { message: '$property must be a number from 0 to 2' })
  temperature?: number;

  @IsOptional()
  @IsNumber({}, { message: '$property must be a number from 0 to 1' })
  @Min(0, { message: '$property must be a number from 0 to 1' })
  @Max(1, { message: '$property must be a number from 0 to 1' })
  topP?: number;

  @IsOptional()
  @Validate(StopSequences)
  stop?: string | string[];

  @IsOptional()
  @IsBoolean({ message: '$property must be true or false' })
  fallback?: boolean;

  @IsOptional()
  @IsBoolean({ message: '$property must be true or false' })
  clampToBalance?: boolean;

  @IsOptional()
  @IsInt({ message: '$property must be a whole number from 0 on' })
  @Min(0, { message: '$property must be a whole number from 0 on' })
  lastSeq?: number;
}
