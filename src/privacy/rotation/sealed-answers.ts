import { FrameCipher } from '../../billing/ledger/frame-cipher.js';
import type { StreamKey } from '../../billing/ledger/ledger-operations.js';
import type { TextCipher } from '../../common/encryption/text-cipher.js';
import type { LedgerPool } from '../../database/ledger-pool.js';
import type { Change, SealedRows } from './reseal-all.js';

type AnswerRow = StreamKey & { frame: string };

const READ = `SELECT account_id AS "accountId", request_id AS "requestId", frame FROM ledger.durable_answer
  WHERE (account_id, request_id) > ($1, $2) ORDER BY account_id, request_id LIMIT $3`;
const REPLACE = 'SELECT ledger.reseal_durable_answers($1::text[], $2::text[], $3::text[], $4::text[]) AS count';

/** Answers of requests in the background. */
export class SealedAnswers implements SealedRows<AnswerRow> {
  private readonly frames: FrameCipher;

  constructor(
    private readonly pool: LedgerPool,
    cipher: TextCipher,
  ) {
    this.frames = new FrameCipher(cipher);
  }

  read(after: AnswerRow | undefined, limit: number): Promise<AnswerRow[]> {
    return this.pool.query<AnswerRow>('sealed_answers', READ, [after?.accountId ?? '', after?.requestId ?? '', limit]);
  }

  reseal(row: AnswerRow): AnswerRow | undefined {
    const frame = this.frames.resealEnd(row, row.frame);
    return frame === undefined ? undefined : { ...row, frame };
  }

  async replace(changes: readonly Change<AnswerRow>[]): Promise<number> {
    const [row] = await this.pool.query<{ count: number }>('reseal_answers', REPLACE, [
      changes.map(({ was }) => was.accountId),
      changes.map(({ was }) => was.requestId),
      changes.map(({ was }) => was.frame),
      changes.map(({ becomes }) => becomes.frame),
    ]);
    return row!.count;
  }
}
