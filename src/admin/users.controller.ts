import { Controller, Delete, HttpStatus, Inject, Param, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentIdentity, Requires } from '../auth/auth.decorators.js';
import type { Identity } from '../auth/identity.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { ErasureResponse } from './erasure.dto.js';
import { UserDataErasure } from './user-data-erasure.js';
import { UserIdPipe } from './user-id.pipe.js';

/** What is kept of users, for administrators. */
@ApiTags('admin')
@ApiParam({ name: 'userId', example: 'alice', description: "The token's sub of whose texts are erased" })
@Controller('api/mcp/admin/users/:userId')
@Requires('admin')
export class AdminUsersController {
  constructor(@Inject(UserDataErasure) private readonly erasure: UserDataErasure) {}

  @Delete('data')
  @ApiOperation({
    summary: "Stops what runs and erases the user's prompts and answers; credits, receipts and the audit trail stay",
  })
  @ApiOkResponse({ type: ErasureResponse, description: 'Nothing is left' })
  @ApiAcceptedResponse({ type: ErasureResponse, description: 'Something is still being stopped: the same call again' })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'UNAVAILABLE')
  async erase(
    @CurrentIdentity() { userId: adminId }: Identity,
    @Param('userId', UserIdPipe) userId: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ErasureResponse> {
    const { isDone, erased, remaining } = await this.erasure.erase({ adminId, userId });
    if (!isDone) response.status(HttpStatus.ACCEPTED);
    return { userId, status: isDone ? 'done' : 'under_way', erased, remaining };
  }
}
