import { Body, Controller, Header, Inject, Param, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentIdentity, Requires } from '../auth/auth.decorators.js';
import type { Identity } from '../auth/identity.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { LimitAdministration } from './limit-administration.js';
import { LimitsRequest, UserLimitsResponse } from './limits.dto.js';
import { changesOf, limitsResponse } from './limits-view.js';
import { UserIdPipe } from './user-id.pipe.js';

/** Limits of single users, for administrators. */
@ApiTags('admin')
@ApiParam({ name: 'userId', example: 'alice', description: "The user's name: the token's sub" })
@Controller('api/mcp/admin/accounts/:userId/limits')
@Requires('admin')
export class AdminLimitsController {
  constructor(@Inject(LimitAdministration) private readonly administration: LimitAdministration) {}

  @Patch()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: "Sets limits of a user's own, from the next request on; null is the role's, what is left out stays",
  })
  @ApiOkResponse({ type: UserLimitsResponse })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'UNAVAILABLE')
  async change(
    @CurrentIdentity() { userId: adminId }: Identity,
    @Param('userId', UserIdPipe) userId: string,
    @Body() body: LimitsRequest,
  ): Promise<UserLimitsResponse> {
    return { userId, ...limitsResponse(await this.administration.change({ adminId, userId }, changesOf(body))) };
  }
}
