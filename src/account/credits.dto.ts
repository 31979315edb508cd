import { ApiProperty } from '@nestjs/swagger';

/** What an account has, in credits. */
export class CreditsResponse {
  @ApiProperty({ example: 9955, description: 'What is there, holds included' })
  balance!: number;

  @ApiProperty({ example: 0, description: 'Set aside for requests that run' })
  held!: number;

  @ApiProperty({ example: 9955, description: 'balance − held: what a new request may use' })
  available!: number;
}

/** One line of an account's ledger. */
export class EntryResponse {
  @ApiProperty({ type: 'integer', description: '1, 2, 3 … per account, without gaps' })
  seq!: number;

  @ApiProperty({ enum: ['grant', 'charge', 'refund'] })
  kind!: 'grant' | 'charge' | 'refund';

  @ApiProperty({ example: -45, description: 'By how many credits the balance changed: below 0 for a charge' })
  amount!: number;

  @ApiProperty({ example: 9955 })
  balanceAfter!: number;

  @ApiProperty({
    description: "The request's or the video's id for a charge (GET /api/mcp/requests/:id), the grant's key otherwise",
  })
  reference!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Why it was granted; null for a charge' })
  reason!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

/** A page of the ledger, newest first. */
export class EntriesResponse {
  @ApiProperty({ type: [EntryResponse] })
  entries!: EntryResponse[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The cursor of the page after this one; null: there is none',
  })
  nextCursor!: string | null;
}
