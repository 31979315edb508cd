import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, Matches, ValidateBy } from 'class-validator';
import { isUserId, USER_ID_RULE } from '../auth/user-id.js';
import { readInstant } from '../common/instant.js';
import { PageCursor, PageLimit } from '../common/http/page-query.js';
import { Reason } from './reason.js';
import { readRevocationCursor } from './revocation-cursor.js';

const LARGEST_PAGE = 500;
const USUAL_PAGE = 100;
const USER_ID_MESSAGE = `$property must be ${USER_ID_RULE}`;

/** Who is shut out: a user, or one token. */
export class RevocationTarget {
  @ApiProperty({ required: false, example: 'alice', description: "The tokens' sub: all of that user's, now and later" })
  @IsOptional()
  @ValidateBy({ name: 'userId', validator: { validate: isUserId, defaultMessage: () => USER_ID_MESSAGE } })
  userId?: string | null;

  @ApiProperty({ required: false, example: '6f1c', description: "The token's jti; a token without one can't be named" })
  @IsOptional()
  @Matches(/^[^]{1,1000}$/, { message: '$property must be a text of 1 to 1000 characters' })
  tokenId?: string | null;
}

/** A revocation to make. */
export class RevocationRequest extends RevocationTarget {
  @Reason()
  reason!: string;

  @ApiProperty({
    required: false,
    example: '2026-12-31T00:00:00Z',
    description: "The token's exp, from which on it need not be remembered; goes with tokenId",
  })
  @IsOptional()
  @ValidateBy({
    name: 'instant',
    validator: {
      validate: (text) => typeof text === 'string' && readInstant(text) !== undefined,
      defaultMessage: () => "$property must be a time such as '2026-12-31T00:00:00Z'",
    },
  })
  expiresAt?: string | null;
}

/** Which page of the revocations. */
export class RevocationsQuery {
  @PageLimit(LARGEST_PAGE, USUAL_PAGE)
  limit: number = USUAL_PAGE;

  @PageCursor(readRevocationCursor, "An earlier page's nextCursor; absent: the newest revocations")
  cursor?: string;
}

/** A revocation. */
export class RevocationResponse {
  @ApiProperty({ required: false, example: 'alice' })
  userId?: string;

  @ApiProperty({
    required: false,
    example: '6f1c',
    description: "The token's jti; of one that is long, or not of printable ASCII, 'sha256:' and its digest",
  })
  tokenId?: string;

  @ApiProperty({ type: String, nullable: true, example: 'laptop stolen' })
  reason!: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  revokedAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null: until it is taken back' })
  expiresAt!: string | null;
}

/** A page of revocations, the newest first. */
export class RevocationsResponse {
  @ApiProperty({ type: [RevocationResponse] })
  revocations!: RevocationResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'null: there are no more' })
  nextCursor!: string | null;
}
