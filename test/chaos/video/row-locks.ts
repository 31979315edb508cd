import { Client, type Pool } from 'pg';

/**
 * Holds rows of the database so that whoever writes them waits: a process can then be killed between an answer and the
 * note of it, or amid a charge.
 */
export class RowLocks {
  private constructor(
    private readonly client: Client,
    private readonly pid: number,
    private readonly pool: Pool,
  ) {}

  static async open(databaseUrl: string, pool: Pool): Promise<RowLocks> {
    const client = new Client({ connectionString: databaseUrl });
    client.on('error', () => undefined); // the database may be killed meanwhile: its locks are gone with it
    await client.connect();
    await client.query('BEGIN');
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return new RowLocks(client, rows[0]!.pid, pool);
  }

  async lockAccount(userId: string): Promise<void> {
    await this.client.query('SELECT 1 FROM ledger.account WHERE id = $1 FOR UPDATE', [`user:${userId}`]);
  }

  async lockVideo(videoId: string): Promise<void> {
    await this.client.query('SELECT 1 FROM video.video WHERE id = $1 FOR UPDATE', [videoId]);
  }

  /**
   * Lets go of everything.
   * @param drops whether what waits is broken off first; else it comes through, though whoever sent it may be dead
   */
  async release(drops: boolean): Promise<void> {
    if (drops)
      await this.pool
        .query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))', [
          this.pid,
        ])
        .catch(() => undefined);
    await this.client.end().catch(() => undefined);
  }
}
