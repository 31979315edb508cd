import type { RunQuery } from '../run-query.js';

/**
 * Up to which id no event can appear any more. Ids are drawn before their transaction commits, so a smaller one may
 * become visible after a larger one; whoever has drawn one holds its lock on the table until then.
 */
export class SettledEvents {
  private settled = 0n;
  private waiting: { lastId: bigint; writers: ReadonlySet<string> } | undefined;

  /** Whether the transactions that wrote when we looked last have not all ended. */
  get isWaiting(): boolean {
    return this.waiting !== undefined;
  }

  /** Looks once; the answer grows from call to call. What it says is visible to every statement that begins afterwards. */
  async look(query: RunQuery): Promise<bigint> {
    this.waiting ??= await snapshot(query);
    const { lastId, writers } = this.waiting;
    const present = await writersOf(query);
    if (![...writers].some((writer) => present.has(writer))) {
      this.settled = lastId;
      this.waiting = undefined;
    }
    return this.settled;
  }
}

/** The id first: whoever has drawn it or a smaller one is among the writers then, or has ended. */
async function snapshot(query: RunQuery): Promise<{ lastId: bigint; writers: ReadonlySet<string> }> {
  const [sequence] = await query<{ id: string }>(
    'SELECT CASE WHEN is_called THEN last_value ELSE 0 END::text AS id FROM audit.event_id_seq',
  );
  return { lastId: BigInt(sequence!.id), writers: await writersOf(query) };
}

/** Transactions that have written to the table, or are about to (an INSERT locks it before it draws an id). */
async function writersOf(query: RunQuery): Promise<Set<string>> {
  const rows = await query<{ transaction: string }>(
    `SELECT DISTINCT virtualtransaction AS transaction FROM pg_locks
     WHERE locktype = 'relation' AND relation = 'audit.event'::regclass AND mode = 'RowExclusiveLock' AND granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return new Set(rows.map(({ transaction }) => transaction));
}
