import { Client, type ClientConfig } from 'pg';

/**
 * A connection whose loss never ends the process. `pg` emits 'error' on it beside failing its queries, and BullMQ listens
 * for that only while the connection is idle; whoever waits for a query is told by its failure.
 */
export class QuietPgClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
