import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentIdentity, Requires } from '../auth/auth.decorators.js';
import type { Identity } from '../auth/identity.js';
import type { AccountState } from '../billing/accounts/accounts.service.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { creditsNumber } from '../common/money/micro-credits.js';
import { AccountAdministration } from './account-administration.js';
import { AdminAccountResponse, FreezeRequest, GrantRequest, GrantResponse } from './admin.dto.js';
import { creditAmount } from './credit-amount.js';
import { LimitAdministration } from './limit-administration.js';
import { limitsResponse } from './limits-view.js';
import { UserIdPipe } from './user-id.pipe.js';

/** Accounts, for administrators. */
@ApiTags('admin')
@ApiParam({ name: 'userId', example: 'alice', description: "The token's sub of the account's owner" })
@Controller('api/mcp/admin/accounts/:userId')
@Requires('admin')
export class AdminAccountsController {
  constructor(
    @Inject(AccountAdministration) private readonly administration: AccountAdministration,
    @Inject(LimitAdministration) private readonly limits: LimitAdministration,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: "A user's account" })
  @ApiOkResponse({ type: AdminAccountResponse })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'UNAVAILABLE')
  async look(@Param('userId', UserIdPipe) userId: string): Promise<AdminAccountResponse> {
    return this.toResponse(userId, await this.administration.look(userId));
  }

  @Post('grants')
  @ApiOperation({ summary: 'Adds credits, once per idempotencyKey' })
  @ApiCreatedResponse({ type: GrantResponse })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'CONFLICT', 'UNAVAILABLE')
  async grant(
    @CurrentIdentity() { userId: adminId }: Identity,
    @Param('userId', UserIdPipe) userId: string,
    @Body() { credits, reason, idempotencyKey }: GrantRequest,
  ): Promise<GrantResponse> {
    const order = { amount: creditAmount(credits)!, reason, idempotencyKey };
    const { result, balance, available } = await this.administration.grant({ adminId, userId }, order);
    return { result, balance: creditsNumber(balance), available: creditsNumber(available) };
  }

  @Post('freeze')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Lets the account hold nothing new; what runs is stopped and charged for what was delivered',
  })
  @ApiOkResponse({ type: AdminAccountResponse })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'UNAVAILABLE')
  async freeze(
    @CurrentIdentity() { userId: adminId }: Identity,
    @Param('userId', UserIdPipe) userId: string,
    @Body() { reason }: FreezeRequest,
  ): Promise<AdminAccountResponse> {
    return this.toResponse(userId, await this.administration.freeze({ adminId, userId }, reason));
  }

  @Post('unfreeze')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ends a freeze; an account that is not frozen stays as it is' })
  @ApiOkResponse({ type: AdminAccountResponse })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'UNAVAILABLE')
  async unfreeze(
    @CurrentIdentity() { userId: adminId }: Identity,
    @Param('userId', UserIdPipe) userId: string,
  ): Promise<AdminAccountResponse> {
    return this.toResponse(userId, await this.administration.unfreeze({ adminId, userId }));
  }

  private async toResponse(userId: string, state: AccountState): Promise<AdminAccountResponse> {
    return {
      userId,
      balance: creditsNumber(state.balance),
      held: creditsNumber(state.held),
      available: creditsNumber(state.available),
      frozen: state.isFrozen,
      reason: state.frozenReason,
      ...limitsResponse(await this.limits.look(userId)),
    };
  }
}
