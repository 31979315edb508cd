import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TextCipher } from '../../common/encryption/text-cipher.js';
import { BackgroundQueue } from '../../completions/background/background-queue.service.js';
import { LedgerPool } from '../../database/ledger-pool.js';
import { countKeyUses, type KeyUse } from './key-uses.js';
import { resealAll, type Resealed } from './reseal-all.js';
import { SealedAnswers } from './sealed-answers.js';
import { SealedSteps } from './sealed-steps.js';
import { SealedVideos } from './sealed-videos.js';

export interface RotationReport {
  kinds: (Resealed & { kind: string })[];
  /** What is under which key afterwards, but requests that wait: those are all under the first one. */
  uses: KeyUse[];
}

/**
 * Puts what is kept for long under the first key, whatever it is under now, and clear texts too. What is kept for some
 * hours (the streams' log, the response cache) goes by itself.
 */
@Injectable()
export class KeyRotation {
  constructor(
    @Inject(LedgerPool) private readonly pool: LedgerPool,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(TextCipher) private readonly cipher: TextCipher,
    @Inject(BackgroundQueue) private readonly queue: BackgroundQueue,
  ) {}

  /** @throws what the database or the queue failed with: what is done by then stays done */
  async run(): Promise<RotationReport> {
    const kinds = [
      { kind: 'videos', ...(await resealAll(new SealedVideos(this.pool, this.cipher))) },
      { kind: 'workflow steps', ...(await resealAll(new SealedSteps(this.pool, this.cipher))) },
      {
        kind: 'answers of requests in the background',
        ...(await resealAll(new SealedAnswers(this.pool, this.cipher))),
      },
      { kind: 'requests in the background', ...(await this.queue.reseal()) },
    ];
    return { kinds, uses: await countKeyUses((sql) => this.dataSource.query(sql)) };
  }
}
