import { StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { validationFailure } from '../../common/errors/field-faults.js';
import { orUnavailable } from '../../database/or-unavailable.js';
import { reportPeriod, type ReportPeriod } from './report-period.js';
import { UsageCsv } from './usage-csv.js';
import { readUsageCursor, usageCursor } from './usage-cursor.js';
import type { Grouping, UsageFigures, UsagePage } from './usage-figures.js';
import { LARGEST_USAGE_PAGE, type ReportQuery } from './usage-query.dto.js';
import type { UsageReports } from './usage-reports.js';

interface Report<T> extends ReportPeriod {
  groupBy: Grouping;
  asOf: string;
  rows: (T & { key: string })[];
  total: T;
  nextCursor: string | null;
}

/** Answers a question after usage, in the form that it wants. */
export class UsageAnswer {
  private readonly period: ReportPeriod;

  /**
   * @param userId whose usage; undefined: everybody's
   * @param isForAdmin what it cost the house is shown
   * @throws GatewayError VALIDATION_ERROR where the query contradicts itself
   */
  constructor(
    private readonly reports: UsageReports,
    private readonly query: ReportQuery,
    private readonly userId: string | undefined,
    private readonly isForAdmin: boolean,
  ) {
    this.period = reportPeriod(query, new Date());
    if (query.format === 'csv' && query.cursor !== undefined)
      throw validationFailure([{ field: 'cursor', message: 'cursor is for json: csv has all rows' }]);
  }

  /** @param show what is shown of sums. @throws GatewayError UNAVAILABLE */
  async json<T>(show: (figures: UsageFigures) => T): Promise<Report<T>> {
    const { groupBy, cursor, limit } = this.query;
    const after = cursor === undefined ? undefined : readUsageCursor(cursor);
    const { rows, total, next, asOf } = await this.page(after, limit);
    return {
      ...this.period,
      groupBy,
      asOf: asOf.toISOString(),
      rows: rows.map((row) => ({ key: row.key, ...show(row) })),
      total: show(total),
      nextCursor: next === undefined ? null : usageCursor(next),
    };
  }

  /**
   * All rows, page after page as the client reads them. One that can't be read breaks the connection off, so that what was
   * sent is not taken for the whole.
   * @throws GatewayError UNAVAILABLE where the first page can't be read
   */
  async csv(): Promise<StreamableFile> {
    const { groupBy } = this.query;
    const { from, to } = this.period;
    const text = this.lines(await this.page(undefined));
    const disposition = `attachment; filename="usage-${from}-${to}-by-${groupBy}.csv"`;
    return new StreamableFile(Readable.from(text), { type: 'text/csv; charset=utf-8; header=present', disposition });
  }

  private async *lines(first: UsagePage): AsyncGenerator<string> {
    const csv = new UsageCsv(this.query.groupBy, this.isForAdmin);
    yield csv.header() + csv.rows(first.rows);
    for (let { next } = first; next !== undefined;) {
      const page = await this.page(next);
      yield csv.rows(page.rows);
      ({ next } = page);
    }
  }

  private page(after: string | undefined, limit = LARGEST_USAGE_PAGE): Promise<UsagePage> {
    const { groupBy } = this.query;
    return orUnavailable(this.reports.page({ ...this.period, groupBy, userId: this.userId, after, limit }));
  }
}
