import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RepeatingTask } from '../../billing/ledger/repeating-task.js';
import { TextCipher, type TextPlace } from '../../common/encryption/text-cipher.js';
import { RareWarning } from '../../common/logging/rare-warning.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import type { AnswerJob } from '../answer-job.js';
import type { CachedAnswer } from './cached-answer.js';
import { LARGEST_ANSWER_BYTES } from './largest-answer.js';
import { questionHash } from './question-hash.js';

/** What is kept is looked over when this share of what may be kept was added by this process. */
const TRIM_AFTER_SHARE = 1 / 16;
/** An answer that has expired is gone within about this, even where no other comes. */
const TRIM_EVERY_MS = 300_000;

const FIND = 'SELECT answer FROM cache.response WHERE question_hash = $1 AND expires_at > now()';
const KEEP = `
  INSERT INTO cache.response AS r (question_hash, account_id, answer, bytes, expires_at)
  VALUES ($1, $2, $3, $4, now() + $5 * interval '1 ms')
  ON CONFLICT (question_hash) DO UPDATE
    SET answer = excluded.answer, bytes = excluded.bytes, expires_at = excluded.expires_at
    WHERE r.expires_at <= now()`;
const FORGET = 'DELETE FROM cache.response WHERE account_id = $1';
/** What has expired, and beyond the bound the oldest. Rows that somebody else removes at the moment are left to him. */
const TRIM = `
  DELETE FROM cache.response WHERE question_hash = ANY (ARRAY(
    SELECT question_hash FROM cache.response WHERE question_hash IN (
      SELECT question_hash FROM (
        SELECT question_hash, expires_at, sum(bytes) OVER (ORDER BY expires_at DESC, question_hash) AS bytes_so_far
        FROM cache.response) newest_first
      WHERE expires_at <= now() OR bytes_so_far > $1)
    FOR UPDATE SKIP LOCKED))`;

/**
 * Answers kept for the same question, for requests that want that; every node has the same ones. A cache that can't be
 * asked has nothing: requests go upstream.
 */
@Injectable()
export class ResponseCache implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly warning = new RareWarning(new Logger(ResponseCache.name));
  private readonly options: Environment['responseCache'];
  private readonly trimming = new RepeatingTask(TRIM_EVERY_MS, async () => void (await this.trim()));
  private bytesSinceTrim = 0;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(TextCipher) private readonly cipher: TextCipher,
    @Inject(ENVIRONMENT) { responseCache }: Environment,
  ) {
    this.options = responseCache;
  }

  onApplicationBootstrap(): void {
    this.trimming.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.trimming.stop();
  }

  /** The kept answer to a job's question; undefined: there is none. Never throws. */
  async find(job: AnswerJob): Promise<CachedAnswer | undefined> {
    if (this.options.ttlMs === 0) return undefined;
    try {
      const hash = this.hashOf(job);
      const [row] = await this.dataSource.query<{ answer: CachedAnswer | string }[]>(FIND, [hash]);
      if (typeof row?.answer !== 'string') return row?.answer;
      return JSON.parse(this.cipher.open(row.answer, placeOf(hash))) as CachedAnswer;
    } catch (error) {
      this.warning.warn(`The response cache can't be asked: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** Keeps an answer, unless it is very large, or another of this question is kept. Never throws. */
  async keep(job: AnswerJob, answer: CachedAnswer): Promise<void> {
    const text = JSON.stringify(answer);
    if (this.options.ttlMs === 0 || Buffer.byteLength(text) > Math.min(LARGEST_ANSWER_BYTES, this.options.bytes))
      return;
    try {
      const hash = this.hashOf(job);
      const kept = this.cipher.seal(text, placeOf(hash));
      const json = kept === text ? text : JSON.stringify(kept);
      const bytes = Buffer.byteLength(json);
      await this.dataSource.query(KEEP, [hash, job.key.accountId, json, bytes, this.options.ttlMs]);
      this.bytesSinceTrim += bytes;
      if (this.bytesSinceTrim > this.options.bytes * TRIM_AFTER_SHARE) await this.trim();
    } catch (error) {
      this.warning.warn(`An answer could not be kept: ${(error as Error).message}`);
    }
  }

  /** Drops what has expired, and the oldest of what is beyond the bound. @returns how many answers */
  async trim(): Promise<number> {
    this.bytesSinceTrim = 0;
    const [, dropped] = await this.dataSource.query<[unknown[], number]>(TRIM, [this.options.bytes]);
    return dropped;
  }

  /** Drops every answer that was made for an account. @returns how many @throws what the database said */
  async forget(accountId: string): Promise<number> {
    const [, dropped] = await this.dataSource.query<[unknown[], number]>(FORGET, [accountId]);
    return dropped;
  }

  private hashOf(job: AnswerJob): Buffer {
    return questionHash(job, this.options.isShared);
  }
}

/** The answer is JSON; sealed, a text. */
function placeOf(hash: Buffer): TextPlace {
  return ['cache.response.answer', hash.toString('hex')];
}
