import pg from 'pg';

/**
 * A connection whose loss never ends the process. `pg` emits 'error' on it beside failing its queries, and whoever holds a
 * connection often listens a little too late: a server that dies may say so in the same packet in which it says that the
 * connection is ready. Whoever waits for a query is told by its failure; pools don't take back what is lost.
 */
export class QuietClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', ignore);
  }

  /** Everybody's listeners but that: BullMQ removes them all from a connection that it ends, which may fail yet. */
  override removeAllListeners(event?: string | symbol): this {
    if (event === undefined) super.removeAllListeners();
    else super.removeAllListeners(event);
    return this.off('error', ignore).on('error', ignore);
  }
}

function ignore(): void {}

/**
 * Lets whoever makes connections by `pg.Client` itself have quiet ones: BullMQ does so for that on which a worker waits,
 * whatever `Client` its options name.
 */
export function makeClientsQuiet(): void {
  pg.Client = QuietClient;
}
