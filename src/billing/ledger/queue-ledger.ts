import { Inject, Injectable } from '@nestjs/common';
import { TextCipher } from '../../common/encryption/text-cipher.js';
import { LedgerPool } from '../../database/ledger-pool.js';
import { FrameCipher } from './frame-cipher.js';
import type { StreamKey } from './ledger-operations.js';
import { Ledger } from './ledger.js';

/** The owner of durable requests, whose lease has no end (migration 1763800300000). */
export const QUEUE_OWNER = 'queue';

/** A durable request without an end. */
export interface PendingRequest extends StreamKey {
  model: string;
  provider: string;
  /** It was cancelled, or its account was frozen. */
  isToStop: boolean;
}

const SOME_PENDING = `
  SELECT account_id AS "accountId", request_id AS "requestId", terms->>'model' AS model, terms->>'provider' AS provider,
         stop_why IS NOT NULL AS "isToStop"
  FROM ledger.hold WHERE status = 'pending' AND node_id = '${QUEUE_OWNER}'
    AND (stop_why IS NOT NULL OR created_at < clock_timestamp() - $1 * interval '1 ms') ORDER BY random() LIMIT $2`;

/**
 * The ledger under the name that durable requests are held by: they belong to no process, so any may end them, and the
 * first end counts.
 */
@Injectable()
export class QueueLedger extends Ledger {
  override readonly nodeId = QUEUE_OWNER;

  private readonly answers: FrameCipher;

  constructor(
    @Inject(LedgerPool) private readonly queuePool: LedgerPool,
    @Inject(TextCipher) cipher: TextCipher = TextCipher.OFF,
  ) {
    super(queuePool, cipher);
    this.answers = new FrameCipher(cipher);
  }

  /** A durable request is nobody's already: whoever takes its job next ends it. */
  override abandon(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /** How many durable requests of an account have no end yet. */
  async countPending(accountId: string): Promise<number> {
    const [row] = await this.queuePool.query<{ count: number }>(
      'count_durable',
      `SELECT count(*)::int AS count FROM ledger.hold WHERE account_id = $1 AND status = 'pending' AND node_id = $2`,
      [accountId, QUEUE_OWNER],
    );
    return row!.count;
  }

  /** Some, at random, that are older than this or were asked to stop. */
  somePending(olderThanMs: number, limit: number): Promise<PendingRequest[]> {
    return this.queuePool.query<PendingRequest>('some_durable', SOME_PENDING, [olderThanMs, limit]);
  }

  /** The terminal frame of a durable request that has ended, for as long as it is kept. @throws UnreadableTextError */
  async answerOf(key: StreamKey): Promise<string | undefined> {
    const [row] = await this.queuePool.query<{ frame: string }>(
      'durable_answer',
      'SELECT frame FROM ledger.durable_answer WHERE account_id = $1 AND request_id = $2',
      [key.accountId, key.requestId],
    );
    return row && this.answers.openEnd(key, row.frame);
  }

  /** @returns how many answers were dropped because nobody may ask for them any more */
  async dropAnswers(olderThanMs: number): Promise<number> {
    const [row] = await this.queuePool.query<{ dropped: bigint }>(
      'drop_durable_answers',
      'SELECT ledger.drop_durable_answers($1) AS dropped',
      [olderThanMs],
    );
    return Number(row!.dropped);
  }
}
