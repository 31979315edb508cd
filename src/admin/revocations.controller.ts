import { Body, Controller, Delete, Get, Header, Inject, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentIdentity, Requires } from '../auth/auth.decorators.js';
import type { Identity } from '../auth/identity.js';
import type { Revocation } from '../auth/revocations/revocation.store.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { readInstant } from '../common/instant.js';
import { RevocationAdministration } from './revocation-administration.js';
import { readRevocationCursor, revocationCursor } from './revocation-cursor.js';
import {
  RevocationRequest,
  RevocationResponse,
  RevocationsQuery,
  RevocationsResponse,
  RevocationTarget,
} from './revocations.dto.js';

/** Users and tokens that are shut out, for administrators. */
@ApiTags('admin')
@Controller('api/mcp/admin/revocations')
@Requires('admin')
export class AdminRevocationsController {
  constructor(@Inject(RevocationAdministration) private readonly administration: RevocationAdministration) {}

  @Post()
  @ApiOperation({ summary: 'Shuts a user or one token out: sockets close on every node, nothing new is held' })
  @ApiCreatedResponse({ type: RevocationResponse })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'LIMIT_EXCEEDED', 'UNAVAILABLE')
  async revoke(
    @CurrentIdentity() { userId: adminId }: Identity,
    @Body() { reason, expiresAt, ...target }: RevocationRequest,
  ): Promise<RevocationResponse> {
    const end = typeof expiresAt === 'string' ? readInstant(expiresAt) : undefined;
    return toResponse(
      await this.administration.revoke(adminId, target, { reason, ...(end ? { expiresAt: end } : {}) }),
    );
  }

  @Delete()
  @ApiOperation({ summary: 'Lets a user or a token in again' })
  @ApiOkResponse({ type: RevocationResponse, description: 'The revocation that was' })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'UNAVAILABLE')
  async readmit(
    @CurrentIdentity() { userId: adminId }: Identity,
    @Query() target: RevocationTarget,
  ): Promise<RevocationResponse> {
    return toResponse(await this.administration.readmit(adminId, target));
  }

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Who is shut out, the newest first' })
  @ApiOkResponse({ type: RevocationsResponse })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'UNAVAILABLE')
  async page(@Query() { limit, cursor }: RevocationsQuery): Promise<RevocationsResponse> {
    const after = cursor === undefined ? undefined : readRevocationCursor(cursor);
    const revocations = await this.administration.page(limit, after);
    const last = revocations.length === limit ? revocations.at(-1) : undefined;
    return { revocations: revocations.map(toResponse), nextCursor: last ? revocationCursor(last) : null };
  }
}

function toResponse({ name, reason, revokedAtUs, expiresAt }: Revocation): RevocationResponse {
  const [kind, id] = [name.slice(0, name.indexOf(':')), name.slice(name.indexOf(':') + 1)];
  return {
    ...(kind === 'user' ? { userId: id } : { tokenId: id }),
    reason,
    revokedAt: new Date(Number(revokedAtUs) / 1_000).toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
