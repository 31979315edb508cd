import { Controller, Get, Header, Inject, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditService } from '../audit/audit.service.js';
import { CurrentIdentity, Requires } from '../auth/auth.decorators.js';
import type { Identity } from '../auth/identity.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { ApiUsageReport } from '../usage/report/api-usage-report.js';
import { UsageAnswer } from '../usage/report/usage-answer.js';
import { AdminUsageQuery } from '../usage/report/usage-query.dto.js';
import { AdminUsageReportResponse } from '../usage/report/usage-report.dto.js';
import { UsageReports } from '../usage/report/usage-reports.js';
import { adminUsageSums } from '../usage/report/usage-response.js';

/** What everybody used, and what it cost and brought, for administrators. */
@ApiTags('admin')
@Controller('api/mcp/admin/usage')
@Requires('admin')
export class AdminUsageController {
  constructor(
    @Inject(UsageReports) private readonly reports: UsageReports,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: "A report of everybody's usage or a user's, with provider cost and margin" })
  @ApiUsageReport(AdminUsageReportResponse)
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'UNAVAILABLE')
  async report(
    @CurrentIdentity() { userId: adminId }: Identity,
    @Query() query: AdminUsageQuery,
  ): Promise<AdminUsageReportResponse | StreamableFile> {
    const { userId, groupBy, format, from = null, to = null } = query;
    const answer = new UsageAnswer(this.reports, query, userId, true);
    const read = () => (format === 'csv' ? answer.csv() : answer.json(adminUsageSums));
    const namesUsers = userId !== undefined || groupBy === 'user';
    if (!namesUsers) return read();
    const details = { groupBy, format, from, to };
    return this.audit.act(
      { actor: `user:${adminId}`, action: 'admin.usage.read', subject: userId ?? '', details },
      async () => read(),
    );
  }
}
