import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { TextCipher } from '../../common/encryption/text-cipher.js';
import { numberList, optionalTextList, optionalTextsOf, textList, textsOf } from '../../database/array-parameters.js';
import { isPassingTrouble } from '../../database/passing-trouble.js';
import { LedgerPool } from '../../database/ledger-pool.js';
import { FrameCipher } from './frame-cipher.js';
import { GroupCommit } from './group-commit.js';
import type {
  AppendOperation,
  AppendResult,
  FinishOperation,
  FinishResult,
  GrantOperation,
  GrantOutcome,
  GrowOperation,
  GrowResult,
  HoldOperation,
  HoldResult,
  StopReason,
  StopRequest,
  StreamKey,
  TakeOverOperation,
  TakeOverResult,
} from './ledger-operations.js';

/** Measured: larger batches gain nothing (64 for money, 500 for the log). A refused hold is answered soon; a finished answer is worth waiting for. */
const HOLDS = { maximumBatch: 64, retryForMs: 1_000, answerWithinMs: 1_000 };
const MONEY = { maximumBatch: 64, retryForMs: 60_000 };
const LOG = { maximumBatch: 500, retryForMs: 60_000 };

/** Between two tries, while the database is away. */
const ABANDON_PAUSE_MS = 1_000;

const GRANT = `SELECT result, balance, available
  FROM ledger.grant_credits(${textsOf('$1')}, ${textsOf('$2')}, $3, ${textsOf('$4')}) ORDER BY i`;
const HOLD = `SELECT result, status, available, owner, quota
  FROM access.hold_batch($1, ${textsOf('$2')}, ${textsOf('$3')}, ${textsOf('$4')}, $5, $6, ${textsOf('$7')},
    ${optionalTextsOf('$8')}, ${optionalTextsOf('$9')}) ORDER BY i`;
const GROW = `SELECT result, available FROM ledger.grow_hold($1, ${textsOf('$2')}, ${textsOf('$3')}, $4) ORDER BY i`;
const APPEND = `SELECT result, tail
  FROM ledger.append_batch($1, ${textsOf('$2')}, ${textsOf('$3')}, $4, $5, ${textsOf('$6')}, $7) ORDER BY i`;
const FINISH_COLUMNS = 'result, charged, shortfall, balance, available, frame, tail';
const FINISH_PARAMETERS = `$1, ${textsOf('$2')}, ${textsOf('$3')}, $4, ${textsOf('$5')}, $6, $7, ${textsOf('$8')}`;
const FINISH = `SELECT ${FINISH_COLUMNS} FROM ledger.finish_batch(${FINISH_PARAMETERS}) ORDER BY i`;
const LOG_AND_FINISH = `SELECT ${FINISH_COLUMNS} FROM ledger.log_and_finish_batch(${FINISH_PARAMETERS},
  ${textsOf('$9')}, ${textsOf('$10')}, $11, $12, ${textsOf('$13')}, $14) ORDER BY i`;

const TO_STOP = `SELECT account_id AS "accountId", request_id AS "requestId", stop_why AS why
  FROM ledger.hold WHERE node_id = $1 AND status = 'pending' AND stop_why IS NOT NULL`;

/** The ledger's functions (ledger.sql), each group-committed: one statement carries what queued up while the last one ran. */
@Injectable()
export class Ledger {
  /** Owner of what is held here. New with every process start: what an earlier process left behind is not ours. */
  readonly nodeId: string = `node-${randomUUID()}`;
  private readonly grants = new GroupCommit<GrantOperation, GrantOutcome>((batch) => this.grantBatch(batch), HOLDS);
  private readonly holds = new GroupCommit<HoldOperation, HoldResult>((batch) => this.holdBatch(batch), HOLDS);
  private readonly growths = new GroupCommit<GrowOperation, GrowResult>((batch) => this.growBatch(batch), MONEY);
  private readonly appends = new GroupCommit<AppendOperation, AppendResult>((batch) => this.appendBatch(batch), LOG);
  private readonly finishes = new GroupCommit<FinishOperation, FinishResult>((batch) => this.finishBatch(batch), MONEY);

  private readonly frames: FrameCipher;
  private hasGivenUp = false;

  constructor(
    @Inject(LedgerPool) private readonly pool: LedgerPool,
    @Inject(TextCipher) cipher: TextCipher = TextCipher.OFF,
  ) {
    this.frames = new FrameCipher(cipher);
  }

  /** Adds credits, once per account and idempotency key; makes the account where there is none. */
  grant(operation: GrantOperation): Promise<GrantOutcome> {
    return this.grants.submit(operation);
  }

  /** Sets credits aside before anything is sent upstream; idempotent by account and request id. */
  hold(operation: HoldOperation): Promise<HoldResult> {
    return this.holds.submit(operation);
  }

  /** Raises a pending hold to `total`. */
  grow(operation: GrowOperation): Promise<GrowResult> {
    return this.growths.submit(operation);
  }

  /** Logs frames; only what is logged may be sent. One append of a stream at a time. */
  append(operation: AppendOperation): Promise<AppendResult> {
    const frames = this.frames.seal(operation, operation.firstSeq, operation.frames);
    return this.appends.submit({ ...operation, frames }); // sealed before it is tried: a repeat must be the same row
  }

  /**
   * Commits the terminal frame and the charge together, and with them the stream's last row where one is given.
   * @throws UnreadableTextError where another node has ended it, with a frame that can't be read here
   */
  async finish(operation: FinishOperation): Promise<FinishResult> {
    const { row } = operation;
    const frame = this.frames.sealEnd(operation, operation.frame);
    const sealed = row && { ...row, frames: this.frames.seal(operation, row.firstSeq, row.frames) };
    const result = await this.finishes.submit({ ...operation, frame, ...(sealed ? { row: sealed } : {}) });
    return result.frame === null ? result : { ...result, frame: this.frames.openEnd(operation, result.frame) };
  }

  /**
   * Makes a hold with nothing logged ours, where its owner is dead or is this very node (a hold whose outcome had been
   * unknown).
   */
  async takeOver({ accountId, requestId, fingerprint, ttlMs }: TakeOverOperation): Promise<TakeOverResult> {
    const [row] = await this.pool.query<TakeOverResult>(
      'take_over',
      'SELECT result, amount, terms FROM ledger.take_over($1, $2, $3, $4, $5)',
      [this.nodeId, [accountId], [requestId], [fingerprint], ttlMs],
    );
    return row!;
  }

  /**
   * Asks whoever writes a stream to stop it. The first reason stays.
   * @returns false where it has ended, or never was
   */
  async requestStop({ accountId, requestId }: StreamKey, why: StopReason): Promise<boolean> {
    const [row] = await this.pool.query<{ result: 'asked' | 'closed' | 'unknown' }>(
      'request_stop',
      'SELECT ledger.request_stop($1, $2, $3) AS result',
      [accountId, requestId, why],
    );
    return row!.result === 'asked';
  }

  /** The streams held here that were asked to stop. */
  streamsToStop(): Promise<StopRequest[]> {
    return this.pool.query<StopRequest>('streams_to_stop', TO_STOP, [this.nodeId]);
  }

  /**
   * Leaves a stream to the reaper, which ends it by its log: for what this node can't end itself. Tried until the database
   * has done it or the process ends.
   * @returns whether it is left
   */
  async abandon({ accountId, requestId }: StreamKey): Promise<boolean> {
    while (!this.hasGivenUp) {
      try {
        const values = [this.nodeId, accountId, requestId];
        await this.pool.query('abandon', 'SELECT ledger.abandon($1, $2, $3)', values);
        return true;
      } catch (error) {
        if (!isPassingTrouble(error)) throw error;
        await delay(ABANDON_PAUSE_MS, undefined, { ref: false });
      }
    }
    return false;
  }

  /** Nothing that the database has not answered is waited for any more: the process ends. */
  giveUp(): void {
    this.hasGivenUp = true;
    for (const commit of [this.grants, this.holds, this.growths, this.appends, this.finishes]) commit.giveUp();
  }

  private grantBatch(batch: GrantOperation[]): Promise<GrantOutcome[]> {
    return this.pool.query<GrantOutcome>('grant_credits', GRANT, [
      textList(batch.map((each) => each.accountId)),
      textList(batch.map((each) => each.idempotencyKey)),
      numberList(batch.map((each) => each.amount)),
      textList(batch.map((each) => each.meta)),
    ]);
  }

  private holdBatch(batch: HoldOperation[]): Promise<HoldResult[]> {
    return this.pool.query<HoldResult>('hold_batch', HOLD, [
      this.nodeId,
      textList(batch.map((each) => each.accountId)),
      textList(batch.map((each) => each.requestId)),
      textList(batch.map((each) => each.fingerprint)),
      numberList(batch.map((each) => each.amount)),
      numberList(batch.map((each) => each.ttlMs)),
      textList(batch.map((each) => each.terms)),
      optionalTextList(batch.map((each) => each.limits)),
      optionalTextList(batch.map((each) => each.tokenName)),
    ]);
  }

  private growBatch(batch: GrowOperation[]): Promise<GrowResult[]> {
    return this.pool.query<GrowResult>('grow_hold', GROW, [
      this.nodeId,
      textList(batch.map((each) => each.accountId)),
      textList(batch.map((each) => each.requestId)),
      numberList(batch.map((each) => each.total)),
    ]);
  }

  private appendBatch(batch: AppendOperation[]): Promise<AppendResult[]> {
    return this.pool.query<AppendResult>('append_batch', APPEND, [this.nodeId, ...rowParameters(batch)]);
  }

  private finishBatch(batch: FinishOperation[]): Promise<FinishResult[]> {
    const rows = batch.flatMap(({ accountId, requestId, row }) => (row ? [{ accountId, requestId, ...row }] : []));
    const values = [
      this.nodeId,
      textList(batch.map((each) => each.accountId)),
      textList(batch.map((each) => each.requestId)),
      numberList(batch.map((each) => each.seq)),
      textList(batch.map((each) => each.frame)),
      numberList(batch.map((each) => each.outputTokens)),
      numberList(batch.map((each) => each.cost)),
      textList(batch.map((each) => each.outcome)),
    ];
    if (rows.length === 0) return this.pool.query<FinishResult>('finish_batch', FINISH, values);
    values.push(...rowParameters(rows));
    return this.pool.query<FinishResult>('log_and_finish_batch', LOG_AND_FINISH, values);
  }
}

/** Rows of the log, a list for each column. */
function rowParameters(rows: readonly AppendOperation[]): string[] {
  return [
    textList(rows.map((each) => each.accountId)),
    textList(rows.map((each) => each.requestId)),
    numberList(rows.map((each) => each.firstSeq)),
    numberList(rows.map((each) => each.lastSeq)),
    textList(rows.map((each) => each.frames)),
    numberList(rows.map((each) => each.outputTokens)),
  ];
}
