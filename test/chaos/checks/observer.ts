import { Client } from 'pg';

const PAUSE_MS = 100;

/** The harness's own connection to the database, past every gateway and link; it comes back after each kill. */
export class Observer {
  private client: Client | undefined;
  private isClosed = false;

  constructor(private readonly url: string) {}

  /** Rows; undefined while the database is away. */
  async query<T extends object>(text: string, values: unknown[] = []): Promise<T[] | undefined> {
    try {
      this.client ??= await this.connect();
      return (await this.client.query<T>(text, values)).rows;
    } catch (error) {
      await this.forget();
      if (isMistake(error)) throw error;
      return undefined;
    }
  }

  /** Rows, however long the database is away. */
  async insist<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    for (;;) {
      const rows = await this.query<T>(text, values);
      if (rows) return rows;
      if (this.isClosed) throw new Error('the observer was closed');
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.forget();
  }

  private async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.url, connectionTimeoutMillis: 2_000, query_timeout: 20_000 });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  private async forget(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }
}

/** A question that the database understood and refused (SQLSTATE classes 22 and 42): ours to mend. */
function isMistake(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? '';
  return code.startsWith('42') || code.startsWith('22');
}
