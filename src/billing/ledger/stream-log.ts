import { Inject, Injectable } from '@nestjs/common';
import { TextCipher } from '../../common/encryption/text-cipher.js';
import { LedgerPool } from '../../database/ledger-pool.js';
import { FrameCipher } from './frame-cipher.js';
import { GroupCommit } from './group-commit.js';
import type { StreamKey } from './ledger-operations.js';

/** Consecutive frames of one stream, as they were (or will be) sent. */
export interface LoggedFrames {
  firstSeq: number;
  lastSeq: number;
  /** Joined by a line feed. */
  frames: string;
  isTerminal: boolean;
}

/** A stretch of a stream's log. */
export interface LogPage {
  rows: LoggedFrames[];
  /** More may be there behind it already. */
  isCut: boolean;
  /** The request has ended: the log holds all there will ever be. */
  isEnded: boolean;
}

/** What is stored about a request beside its frames. */
export interface StoredRequest {
  status: 'pending' | 'settled' | 'released';
  fingerprint: string;
  owner: string;
  /** Seq of the terminal frame; null: not there yet. */
  finalSeq: number | null;
  /** The age of the end by the database's clock, in milliseconds; null: not ended. */
  endedForMs: number | null;
  terms: Record<string, unknown>;
  outcome: Record<string, unknown> | null;
  charged: bigint | null;
  amount: bigint;
  shortfall: bigint;
  createdAt: Date;
  /** Since it was held, by the database's clock. */
  ageMs: number;
  closedAt: Date | null;
}

const SELECT_REQUESTS = `
  SELECT u.n::int AS position, status, fingerprint, node_id AS owner, final_seq AS "finalSeq", terms, outcome, charged, amount, shortfall,
         created_at AS "createdAt", closed_at AS "closedAt",
         (extract(epoch FROM clock_timestamp() - created_at) * 1000)::float8 AS "ageMs",
         (extract(epoch FROM clock_timestamp() - closed_at) * 1000)::float8 AS "endedForMs"
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY u(a, r, n)
  JOIN ledger.hold ON account_id = u.a AND request_id = u.r`;

/** So many frames at most are looked through for one page, so that its cost does not grow with what lies behind it. */
const FRAMES_PER_PAGE = 2_048;

/**
 * Rows after a seq, the terminal one in any case, until they are about as large as asked for (sizes are known without
 * reading the texts). Index ranges instead of an OR, and laterals instead of joins: only rows of the page are touched, and
 * no plan that was made while the tables were small reads them whole.
 */
const SELECT_PAGES = `
  SELECT u.n::int AS position, h.status <> 'pending' AS "isEnded", p.seq_first AS "firstSeq", p.seq_last AS "lastSeq", p.frames,
         p.terminal AS "isTerminal"
  FROM unnest($1::text[], $2::text[], $3::int[], $4::int[]) WITH ORDINALITY u(a, r, s, bytes, n)
  CROSS JOIN LATERAL (SELECT * FROM ledger.hold WHERE account_id = u.a AND request_id = u.r LIMIT 1) h
  LEFT JOIN LATERAL (
    SELECT * FROM (
      SELECT c.seq_first, c.seq_last, c.frames, c.terminal,
             sum(octet_length(c.frames)) OVER (ORDER BY c.seq_first) - octet_length(c.frames) AS bytes_before
      FROM ledger.stream_chunk c
      WHERE c.bucket = h.bucket AND c.account_id = h.account_id AND c.request_id = h.request_id
        AND c.seq_first >= coalesce(least(h.final_seq, (SELECT b.seq_first FROM ledger.stream_chunk b WHERE b.bucket = h.bucket
          AND b.account_id = h.account_id AND b.request_id = h.request_id AND b.seq_first <= u.s + 1
          ORDER BY b.seq_first DESC LIMIT 1)), 1)
        AND c.seq_first <= u.s + ${FRAMES_PER_PAGE}
        AND (c.seq_last > u.s OR c.terminal)
    ) sized WHERE bytes_before < u.bytes
  ) p ON true
  ORDER BY u.n, p.seq_first`;

/** Sequence numbers are int4 in the ledger, and a page is added to them; a client may claim to have seen more. */
const LARGEST_SEQ = 2_147_000_000;
/** Reads wait for each other as commits do: a crowd that comes back takes one connection, not all of them. */
const READS = { maximumBatch: 64, retryForMs: 1_000, answerWithinMs: 1_000 };
/** Pages of one query are in memory together. */
const PAGES = { ...READS, maximumBatch: 32 };

type PageOperation = StreamKey & { afterSeq: number; bytes: number };
/** Without a row where nothing follows. */
type PageRow = { position: number; isEnded: boolean; isTerminal: boolean } & (LoggedFrames | { firstSeq: null });

/** Reads what the ledger keeps of streams: the log that everybody reads from who was not there live. */
@Injectable()
export class StreamLog {
  private readonly finds = new GroupCommit<StreamKey, StoredRequest | undefined>((keys) => this.findMany(keys), READS);
  private readonly pages = new GroupCommit<PageOperation, LogPage>((operations) => this.readEach(operations), PAGES);

  private readonly frames: FrameCipher;

  constructor(
    @Inject(LedgerPool) private readonly pool: LedgerPool,
    @Inject(TextCipher) cipher: TextCipher = TextCipher.OFF,
  ) {
    this.frames = new FrameCipher(cipher);
  }

  find(key: StreamKey): Promise<StoredRequest | undefined> {
    return this.finds.submit(key);
  }

  /**
   * Frames after `afterSeq`, and the terminal one in any case, about `bytes` of them; a row may begin before `afterSeq`
   * and is never cut.
   * @throws UnreadableTextError
   */
  async readPage(key: StreamKey, afterSeq: number, bytes: number): Promise<LogPage> {
    const page = await this.pages.submit({ ...key, afterSeq: Math.min(afterSeq, LARGEST_SEQ), bytes });
    return { ...page, rows: page.rows.map((row) => this.frames.open(key, row)) };
  }

  /** Nothing that the database has not answered is waited for any more: the process ends. */
  giveUp(): void {
    this.finds.giveUp();
    this.pages.giveUp();
  }

  private async readEach(operations: readonly PageOperation[]): Promise<LogPage[]> {
    const rows = await this.pool.query<PageRow>('read_pages', SELECT_PAGES, [
      operations.map(({ accountId }) => accountId),
      operations.map(({ requestId }) => requestId),
      operations.map(({ afterSeq }) => afterSeq),
      operations.map(({ bytes }) => bytes),
    ]);
    const pages = operations.map((): LogPage => ({ rows: [], isCut: false, isEnded: false }));
    for (const row of rows) {
      const page = pages[row.position - 1]!;
      page.isEnded = row.isEnded;
      if (row.firstSeq !== null && row.frames !== '') page.rows.push(row); // '': erased, which is as good as gone
    }
    operations.forEach((operation, index) => (pages[index]!.isCut = isCut(pages[index]!.rows, operation)));
    return pages;
  }

  private async findMany(keys: readonly StreamKey[]): Promise<(StoredRequest | undefined)[]> {
    const rows = await this.pool.query<StoredRequest & { position: number }>('find_requests', SELECT_REQUESTS, [
      keys.map((key) => key.accountId),
      keys.map((key) => key.requestId),
    ]);
    const byPosition = new Map(rows.map((row) => [row.position, row]));
    return keys.map((_, index) => byPosition.get(index + 1));
  }
}

/** The page is as large as it may be. */
function isCut(rows: readonly LoggedFrames[], { afterSeq, bytes }: PageOperation): boolean {
  const last = rows.at(-1);
  if (!last || last.isTerminal) return false;
  return (
    last.lastSeq >= afterSeq + FRAMES_PER_PAGE || rows.reduce((sum, { frames }) => sum + frames.length, 0) >= bytes
  );
}
