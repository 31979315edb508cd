import { Controller, Get, Header, Inject, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentIdentity, Requires } from '../auth/auth.decorators.js';
import type { Identity } from '../auth/identity.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { ApiUsageReport } from '../usage/report/api-usage-report.js';
import { UsageAnswer } from '../usage/report/usage-answer.js';
import { OwnUsageQuery } from '../usage/report/usage-query.dto.js';
import { UsageReportResponse } from '../usage/report/usage-report.dto.js';
import { UsageReports } from '../usage/report/usage-reports.js';
import { usageSums } from '../usage/report/usage-response.js';

/** What a user used and was charged. */
@ApiTags('account')
@Controller('api/mcp/usage')
@Requires('usage')
export class UsageController {
  constructor(@Inject(UsageReports) private readonly reports: UsageReports) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'A report of your own usage, by day, model or provider' })
  @ApiUsageReport(UsageReportResponse)
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'UNAVAILABLE')
  report(
    @CurrentIdentity() { userId }: Identity,
    @Query() query: OwnUsageQuery,
  ): Promise<UsageReportResponse | StreamableFile> {
    const answer = new UsageAnswer(this.reports, query, userId, false);
    return query.format === 'csv' ? answer.csv() : answer.json(usageSums);
  }
}
