import { Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentIdentity, Requires } from '../auth/auth.decorators.js';
import type { Identity } from '../auth/identity.js';
import { accountIdOf } from '../billing/accounts/account-id.js';
import { EntriesService } from '../billing/accounts/entries.service.js';
import { orUnavailable } from '../database/or-unavailable.js';
import { QUEUE_OWNER, QueueLedger } from '../billing/ledger/queue-ledger.js';
import type { StreamKey } from '../billing/ledger/ledger-operations.js';
import { StreamLog, type StoredRequest } from '../billing/ledger/stream-log.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { ReceiptResponse } from './receipt.dto.js';
import { receiptOf } from './receipt.js';
import { storedRequestIds } from './request-reference.js';

/** What a user's own requests were and cost. */
@ApiTags('account')
@Controller('api/mcp/requests')
@Requires('usage')
export class ReceiptsController {
  constructor(
    @Inject(StreamLog) private readonly streamLog: StreamLog,
    @Inject(QueueLedger) private readonly queueLedger: QueueLedger,
    @Inject(EntriesService) private readonly entries: EntriesService,
  ) {}

  /** @throws GatewayError NOT_FOUND for an id that this user never used, whoever else did */
  @Get(':id')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'The receipt of a request or a video, and the answer of a durable request' })
  @ApiParam({ name: 'id', description: "As the client chose it, or a video's id" })
  @ApiOkResponse({ type: ReceiptResponse })
  @ApiErrors('UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'UNAVAILABLE')
  async receipt(@CurrentIdentity() { userId }: Identity, @Param('id') id: string): Promise<ReceiptResponse> {
    const { key, stored } = await this.find(userId, id);
    const isCharged = stored.charged !== null && stored.charged > 0n;
    const balanceAfter = isCharged ? await orUnavailable(this.entries.balanceAfterCharge(key)) : undefined;
    const isKept = stored.owner === QUEUE_OWNER && stored.status !== 'pending';
    const answer = isKept ? await orUnavailable(this.queueLedger.answerOf(key)) : undefined;
    return receiptOf(id, stored, { balanceAfter, answer });
  }

  private async find(userId: string, id: string): Promise<{ key: StreamKey; stored: StoredRequest }> {
    for (const requestId of storedRequestIds(id)) {
      const key = { accountId: accountIdOf(userId), requestId };
      const stored = await orUnavailable(this.streamLog.find(key));
      if (stored) return { key, stored };
    }
    throw new GatewayError('NOT_FOUND', 'id names no request of yours.');
  }
}
