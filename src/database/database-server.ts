import type { Environment } from '../config/environment.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';

/** Where the database is: the configured one, or an embedded server that we started and stop. */
export class DatabaseServer {
  private constructor(
    /** What every client of the database connects to. */
    readonly url: string,
    readonly isEmbedded: boolean,
    private readonly stopServer: () => Promise<void>,
  ) {}

  /** @throws Error where the embedded server can't be started. */
  static async start(
    { databaseUrl, dataDirectory }: Pick<Environment, 'databaseUrl' | 'dataDirectory'>,
    log: (line: string) => void,
  ): Promise<DatabaseServer> {
    if (databaseUrl !== undefined) return new DatabaseServer(databaseUrl, false, () => Promise.resolve());
    const server = await startEmbeddedPostgres({ dataDirectory, log });
    return new DatabaseServer(server.url, true, () => server.stop());
  }

  /** Last of all: every connection of ours must be closed before. Does nothing to a configured server. */
  stop(): Promise<void> {
    return this.stopServer();
  }
}
