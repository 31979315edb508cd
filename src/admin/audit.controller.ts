import { Controller, Get, Header, Inject, Query, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentIdentity, Requires } from '../auth/auth.decorators.js';
import type { Identity } from '../auth/identity.js';
import { trailCsv } from '../audit/trail/trail-csv.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { auditCursor } from './audit-cursor.js';
import { AuditQuery } from './audit-query.dto.js';
import { AuditReading } from './audit-reading.js';
import { AuditResponse } from './audit.dto.js';

/** The audit trail, for administrators. */
@ApiTags('admin')
@ApiExtraModels(AuditResponse)
@Controller('api/mcp/admin/audit')
@Requires('admin')
export class AuditController {
  constructor(@Inject(AuditReading) private readonly reading: AuditReading) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'The audit trail, newest first; each reading is an event of it too' })
  @ApiOkResponse({
    description: 'With format=csv the cursor of the next page is the header X-Next-Cursor',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(AuditResponse) } },
      'text/csv': { schema: { type: 'string' } },
    },
  })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'UNAVAILABLE')
  async page(
    @CurrentIdentity() { userId }: Identity,
    @Query() query: AuditQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AuditResponse | string> {
    const events = await this.reading.page(userId, query);
    const nextCursor = events.length === query.limit ? auditCursor(events.at(-1)!) : null;
    if (query.format === 'json') return { events, nextCursor };
    response.type('text/csv');
    if (nextCursor !== null) response.setHeader('X-Next-Cursor', nextCursor);
    return trailCsv(events, true);
  }
}
