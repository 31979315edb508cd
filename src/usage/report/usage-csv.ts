import { stringify } from 'csv-stringify/sync';
import { creditsText, decimalText } from '../../common/money/micro-credits.js';
import type { Grouping, UsageFigures, UsageRow } from './usage-figures.js';
import { marginOf } from './usage-response.js';

type Cell = bigint | string | number;
type Column = [name: string, cell: (figures: UsageFigures) => Cell];

const millionths = (amount: bigint) => decimalText(amount, 6);

/** As in JSON, but exact whatever their size: decimal text. */
const COLUMNS: readonly Column[] = [
  ['requests', ({ requests }) => requests],
  ['completed', ({ completed }) => completed],
  ['failed', ({ failed }) => failed],
  ['cancelled', ({ cancelled }) => cancelled],
  ['estimated', ({ estimated }) => estimated],
  ['promptTokens', ({ promptTokens }) => promptTokens],
  ['cachedTokens', ({ cachedTokens }) => cachedTokens],
  ['cacheWriteTokens', ({ cacheWriteTokens }) => cacheWriteTokens],
  ['completionTokens', ({ completionTokens }) => completionTokens],
  ['reasoningTokens', ({ reasoningTokens }) => reasoningTokens],
  ['credits', ({ charged }) => creditsText(charged)],
  ['shortfall', ({ shortfall }) => creditsText(shortfall)],
  ['videoRequests', ({ videoRequests }) => videoRequests],
  ['videosCompleted', ({ videosCompleted }) => videosCompleted],
  ['videoSeconds', ({ videoMicroseconds }) => millionths(videoMicroseconds)],
  ['videoCredits', ({ videoCharged }) => creditsText(videoCharged)],
];

const ADMIN_COLUMNS: readonly Column[] = [
  ...COLUMNS,
  ['revenueUsd', ({ revenueMicroUsd }) => millionths(revenueMicroUsd)],
  ['providerCostUsd', ({ costMicroUsd }) => millionths(costMicroUsd)],
  ['lostUsd', ({ lostMicroUsd }) => millionths(lostMicroUsd)],
  // a number: a text that begins with '-' would be taken for a formula
  ['marginUsd', (figures) => Number(millionths(marginOf(figures)))],
];

/**
 * Rows of a report as CSV (RFC 4180). Names of models and users that a spreadsheet would take for a formula begin with an
 * apostrophe. Pure.
 */
export class UsageCsv {
  private readonly columns: readonly Column[];

  constructor(
    private readonly groupBy: Grouping,
    isForAdmin: boolean,
  ) {
    this.columns = isForAdmin ? ADMIN_COLUMNS : COLUMNS;
  }

  header(): string {
    return this.lines([[this.groupBy, ...this.columns.map(([name]) => name)]]);
  }

  rows(rows: readonly UsageRow[]): string {
    return this.lines(rows.map((row) => [row.key, ...this.columns.map(([, cell]) => cell(row))]));
  }

  private lines(records: Cell[][]): string {
    return stringify(records, { record_delimiter: 'windows', quote_record_delimiter: true, escape_formulas: true });
  }
}
