import { Client } from 'pg';

/** Amounts in micro-credits. */
export interface LedgerFacts {
  posted: bigint;
  held: bigint;
  /** What the entries of kind charge add up to. */
  charged: bigint;
  pendingHolds: number;
  charges: number;
  /** Rows of the audit views: each is a fault. */
  faults: unknown[];
}

/** The ledger's own word on one user, read past the gateway. */
export async function readLedger(databaseUrl: string, userId: string): Promise<LedgerFacts> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const account = [`user:${userId}`];
    const { rows: accounts } = await client.query('SELECT posted, held FROM ledger.account WHERE id = $1', account);
    const { rows: charges } = await client.query(
      `SELECT coalesce(sum(amount), 0) AS charged, count(*)::int AS charges FROM ledger.entry WHERE kind = 'charge' AND account_id = $1`,
      account,
    );
    const { rows: holds } = await client.query(
      `SELECT count(*)::int AS pending FROM ledger.hold WHERE status = 'pending' AND account_id = $1`,
      account,
    );
    const { rows: faults } = await client.query('SELECT * FROM ledger.audit');
    return {
      posted: BigInt(accounts[0]?.posted ?? 0),
      held: BigInt(accounts[0]?.held ?? 0),
      charged: BigInt(charges[0].charged),
      charges: charges[0].charges,
      pendingHolds: holds[0].pending,
      faults,
    };
  } finally {
    await client.end();
  }
}

/** The ids of these requests in the order in which they were closed; those that are open are left out. */
export async function closedInOrder(databaseUrl: string, requests: readonly { id: string }[]): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>(
      `SELECT substr(request_id, 4) AS id FROM ledger.hold WHERE request_id = ANY ($1) AND closed_at IS NOT NULL ORDER BY closed_at`,
      [requests.map(({ id }) => `ws:${id}`)],
    );
    return rows.map(({ id }) => id);
  } finally {
    await client.end();
  }
}
