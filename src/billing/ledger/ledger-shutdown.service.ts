import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { Ledger } from './ledger.js';
import { StreamLog } from './stream-log.js';

/** What a database that answers needs for the ends of all answers, when their grace is over. */
const AFTER_THE_GRACE_MS = 3_000;

/** A shutdown waits for answers to be stored; where the database is gone, not for ever: others finish them then. */
@Injectable()
export class LedgerShutdown implements OnModuleDestroy {
  private readonly patienceMs: number;

  constructor(
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(StreamLog) private readonly streamLog: StreamLog,
    @Inject(ENVIRONMENT) { http }: Environment,
  ) {
    this.patienceMs = http.drainMs + AFTER_THE_GRACE_MS;
  }

  onModuleDestroy(): void {
    const giveUp = () => {
      this.ledger.giveUp();
      this.streamLog.giveUp();
    };
    setTimeout(giveUp, this.patienceMs).unref();
  }
}
