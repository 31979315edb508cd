import { Logger } from '@nestjs/common';
import type { Ledger } from '../billing/ledger/ledger.js';
import { clientIdOf, type FinishOperation, type StreamKey } from '../billing/ledger/ledger-operations.js';
import type { StreamLog } from '../billing/ledger/stream-log.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import type { LogFields } from '../common/logging/log-fields.js';
import type { Audience } from './audience.js';
import { StreamLostError } from './stream-writer.js';

/**
 * How an answer ends whose own end could not be stored here: another node finished the stream, or it is left to the
 * reaper. What is stored is the truth, not what we have.
 */
export class StoredEnd {
  private readonly logger = new Logger(StoredEnd.name);

  constructor(
    private readonly ledger: Ledger,
    private readonly streamLog: StreamLog,
    private readonly key: StreamKey,
    private readonly audience: Audience,
  ) {}

  /**
   * Shows what is stored, once it is. Never throws.
   * @param atOurCost makes the end that is tried where none is stored: an error that costs nothing
   */
  async show(error: unknown, atOurCost: () => FinishOperation): Promise<void> {
    const about: LogFields = { requestId: clientIdOf(this.key) };
    this.logger.warn(`A stream could not be finished here: ${(error as Error).message}`, about);
    try {
      const stored = await this.streamLog.find(this.key);
      if (stored?.finalSeq == null) await this.finish(atOurCost());
    } catch {
      void this.leaveToReaper();
    }
    this.audience.endByLog();
  }

  /** The ledger refused the end as it was: nothing stays held for it. */
  private async finish(operation: FinishOperation): Promise<void> {
    const { frame, result } = await this.ledger.finish(operation);
    if (frame === null) throw new StreamLostError(`finish: ${result}`);
  }

  private async leaveToReaper(): Promise<void> {
    const isLeft = await this.ledger.abandon(this.key).catch((fault: unknown) => {
      this.logger.error(fault, { requestId: clientIdOf(this.key) });
      return false;
    });
    if (!isLeft) this.audience.fail(notStored());
  }
}

function notStored(): GatewayError {
  return new GatewayError(
    'UNAVAILABLE',
    'The end of this answer could not be stored yet; ask for it again by its id.',
    { retryAfterMs: 5_000 },
  );
}
