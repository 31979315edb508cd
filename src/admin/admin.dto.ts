import { ApiProperty } from '@nestjs/swagger';
import { Matches, Validate } from 'class-validator';
import { CreditAmount } from './credit-amount.js';
import { LimitsResponse, LimitUsageResponse } from './limits.dto.js';
import { Reason } from './reason.js';

/** Credits to add to an account. */
export class GrantRequest {
  @ApiProperty({ example: 1000, exclusiveMinimum: true, minimum: 0, multipleOf: 0.000001 })
  @Validate(CreditAmount)
  credits!: number;

  @Reason()
  reason!: string;

  @ApiProperty({ minLength: 1, maxLength: 128, description: 'The same key grants once, for ever' })
  @Matches(/^[ -~]{1,128}$/, { message: '$property must be 1 to 128 printable ASCII characters' })
  idempotencyKey!: string;
}

/** What became of a grant. */
export class GrantResponse {
  @ApiProperty({ enum: ['granted', 'duplicate'], description: 'duplicate: this key had granted them before' })
  result!: 'granted' | 'duplicate';

  @ApiProperty({ example: 11000, description: 'What the account has now, in credits' })
  balance!: number;

  @ApiProperty({ example: 11000, description: 'What of it is not held' })
  available!: number;
}

/** Why an account is frozen. */
export class FreezeRequest {
  @Reason()
  reason!: string;
}

/** An account as administrators see it; amounts are credits. */
export class AdminAccountResponse {
  @ApiProperty({ example: 'alice' })
  userId!: string;

  @ApiProperty({ example: 9955 })
  balance!: number;

  @ApiProperty({ example: 0 })
  held!: number;

  @ApiProperty({ example: 9955 })
  available!: number;

  @ApiProperty({ description: 'A frozen account can hold nothing new' })
  frozen!: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'Why it is frozen' })
  reason!: string | null;

  @ApiProperty({ description: "The user's own; null: the role's" })
  limits!: LimitsResponse;

  @ApiProperty({ description: 'What counts against limits' })
  usage!: LimitUsageResponse;
}
