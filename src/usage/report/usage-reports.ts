import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';
import type { ReportPeriod } from './report-period.js';
import { PAGES, type PageName } from './usage-pages.js';
import type { Grouping, UsageFigures, UsagePage, UsageRow } from './usage-figures.js';

/** Which report. */
export interface ReportQuestion extends ReportPeriod {
  groupBy: Grouping;
  /** Whose usage; undefined: everybody's. */
  userId?: string | undefined;
  /** Where the page begins: behind this key. */
  after?: string | undefined;
  /** Rows on the page; of everybody by user, users that are looked at: never more than 200. */
  limit: number;
}

/** A year of a user may be a thousand rows of `usage.day`. */
const MOST_USERS = 200;
/** Everybody's requests together, in `usage.day`. */
const EVERYBODY = 'house:all';

type Line = UsageFigures & { part: 'row' | 'total'; key: string | null; next: string | null; asOf: Date };

/** Reads reports of usage from the sums that UsageRoller keeps: what they take depends on days, models and users alone. */
@Injectable()
export class UsageReports {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  /** A page and the total, of one moment. */
  async page({ from, to, groupBy, userId, after = '', limit }: ReportQuestion): Promise<UsagePage> {
    const name: PageName = groupBy === 'user' && userId === undefined ? 'everyUser' : groupBy;
    const account = userId === undefined ? EVERYBODY : `user:${userId}`;
    const values = [account, from, to, after, name === 'everyUser' ? Math.min(limit, MOST_USERS) : limit];
    const lines = await this.pool.query<Line>(`usage_by_${name}`, PAGES[name], values);
    const total = lines.pop()!;
    const rows = lines.map(({ part: _part, next: _next, asOf: _asOf, ...row }) => row as UsageRow);
    return { rows, total, next: total.next ?? undefined, asOf: total.asOf };
  }
}
