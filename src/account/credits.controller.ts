import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentIdentity, Requires } from '../auth/auth.decorators.js';
import type { Identity } from '../auth/identity.js';
import { AccountsService } from '../billing/accounts/accounts.service.js';
import { EntriesService, type LedgerEntry } from '../billing/accounts/entries.service.js';
import { orUnavailable } from '../database/or-unavailable.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { creditsNumber } from '../common/money/micro-credits.js';
import { CreditsResponse, EntriesResponse, type EntryResponse } from './credits.dto.js';
import { entriesCursor, readEntriesCursor } from './entries-cursor.js';
import { EntriesQuery } from './entries-query.dto.js';
import { clientRequestId } from './request-reference.js';

/** A user's own credits. */
@ApiTags('account')
@Controller('api/mcp/credits')
@Requires('usage')
export class CreditsController {
  constructor(
    @Inject(AccountsService) private readonly accounts: AccountsService,
    @Inject(EntriesService) private readonly entries: EntriesService,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'What the account has' })
  @ApiOkResponse({ type: CreditsResponse })
  @ApiErrors('UNAUTHORIZED', 'FORBIDDEN', 'UNAVAILABLE')
  async credits(@CurrentIdentity() { userId }: Identity): Promise<CreditsResponse> {
    const { balance, held, available } = await orUnavailable(this.accounts.stateOf(userId));
    return { balance: creditsNumber(balance), held: creditsNumber(held), available: creditsNumber(available) };
  }

  @Get('entries')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: "The account's ledger, newest first" })
  @ApiOkResponse({ type: EntriesResponse })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'UNAVAILABLE')
  async page(
    @CurrentIdentity() { userId }: Identity,
    @Query() { cursor, limit }: EntriesQuery,
  ): Promise<EntriesResponse> {
    const before = cursor === undefined ? undefined : readEntriesCursor(cursor);
    const entries = await orUnavailable(this.entries.page(userId, limit, before));
    const oldest = entries.at(-1);
    // An account's entries count from 1 without gaps: below the first there is nothing.
    const nextCursor = oldest && oldest.seq > 1n ? entriesCursor(oldest.seq) : null;
    return { entries: entries.map(toResponse), nextCursor };
  }
}

function toResponse({ seq, kind, amount, balanceAfter, reference, reason, createdAt }: LedgerEntry): EntryResponse {
  const isCharge = kind === 'charge';
  return {
    seq: Number(seq),
    kind,
    amount: creditsNumber(isCharge ? -amount : amount),
    balanceAfter: creditsNumber(balanceAfter),
    reference: isCharge ? clientRequestId(reference) : reference,
    reason,
    createdAt: createdAt.toISOString(),
  };
}
