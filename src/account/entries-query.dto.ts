import { LARGEST_PAGE } from '../billing/accounts/entries.service.js';
import { PageCursor, PageLimit } from '../common/http/page-query.js';
import { readEntriesCursor } from './entries-cursor.js';

const USUAL_PAGE = 50;

/** Which page of the ledger's entries. */
export class EntriesQuery {
  @PageCursor(readEntriesCursor, "An earlier page's nextCursor; absent: the newest entries")
  cursor?: string;

  @PageLimit(LARGEST_PAGE, USUAL_PAGE)
  limit = USUAL_PAGE;
}
