import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/database/embedded-postgres.js';
import { findPostmaster } from '../../../src/database/embedded/postmaster.js';
import { makeDataFolder, sweepDataFolders, type TestFolder } from '../../support/test-folders.js';

/** A real database server that can be killed; the embedded server's own watch starts it again within a second or so. */
export class ChaosDatabase {
  private constructor(
    private readonly folder: TestFolder,
    private readonly server: EmbeddedPostgres,
  ) {}

  static async start(): Promise<ChaosDatabase> {
    await sweepDataFolders();
    const folder = await makeDataFolder();
    try {
      const server = await startEmbeddedPostgres({ dataDirectory: folder.path, log: () => undefined });
      return new ChaosDatabase(folder, server);
    } catch (error) {
      await folder.remove();
      throw error;
    }
  }

  get url(): string {
    return this.server.url;
  }

  /** kill -9 of the postmaster: its children notice and end; what was not written to the log's file is lost. */
  async killPostmaster(): Promise<void> {
    const postmaster = await findPostmaster(join(this.folder.path, 'postgres/cluster'));
    if (postmaster) process.kill(postmaster.pid, 'SIGKILL');
  }

  /** The server's own log. */
  log(): Promise<string> {
    return readFile(join(this.folder.path, 'postgres/postgres.log'), 'utf8').catch(() => '');
  }

  async close(): Promise<void> {
    await this.server.stop();
    await this.folder.remove();
  }
}
