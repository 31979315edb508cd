import { Client } from 'pg';
import { Ledger } from '../../src/billing/ledger/ledger.js';
import type { AppendResult, FinishResult, HoldResult, StreamKey } from '../../src/billing/ledger/ledger-operations.js';
import { LedgerPool } from '../../src/database/ledger-pool.js';
import { createTestDatabase, type TestDatabase } from './database.js';

/** Prompt 100 µcr and 2 µcr a token are what the reaper charges by. */
export const TERMS = {
  type: 'chat',
  model: 'gpt-4',
  provider: 'openai',
  promptTokens: 11,
  reap: { prompt: 100, token: 2 },
};

export interface HoldWish {
  amount?: bigint;
  fingerprint?: string;
  ttlMs?: number;
  terms?: string;
  /** Of the user's role; credits in micro-credits. */
  limits?: Record<string, number>;
  tokenName?: string;
}

/** A ledger on a database of its own, and its operations with what tests need to say. */
export class LedgerBench {
  private constructor(
    readonly database: TestDatabase,
    readonly pool: LedgerPool,
    /** The owner of everything, past the gateway's pool and rights. */
    readonly owner: Client,
  ) {}

  static async open(): Promise<LedgerBench> {
    const database = await createTestDatabase();
    const owner = new Client({ connectionString: database.url });
    await owner.connect();
    return new LedgerBench(database, new LedgerPool({ connectionString: database.url }), owner);
  }

  async close(): Promise<void> {
    await this.owner.end();
    await this.pool.close();
    await this.database.drop();
  }

  /** A node with a lease. */
  async startNode(leaseMs = 60_000): Promise<Ledger> {
    const ledger = new Ledger(this.pool);
    await this.pool.query('beat', 'SELECT * FROM ledger.beat($1, $2)', [ledger.nodeId, leaseMs]);
    return ledger;
  }

  /** The node's lease lapses now: it is as good as dead. */
  async kill(ledger: Ledger): Promise<void> {
    await this.owner.query('UPDATE ledger.node SET lease_until = now() WHERE id = $1', [ledger.nodeId]);
  }

  async grant(accountId: string, amount: bigint): Promise<void> {
    const grant = 'SELECT * FROM ledger.grant_credits($1, ARRAY[gen_random_uuid()::text], $2)';
    await this.pool.query('grant', grant, [[accountId], [amount]]);
  }

  async account(id: string): Promise<{ posted: bigint; held: bigint }> {
    const { rows } = await this.owner.query('SELECT posted, held FROM ledger.account WHERE id = $1', [id]);
    return { posted: BigInt(rows[0].posted), held: BigInt(rows[0].held) };
  }

  /** What the audit views find; each row is a fault. */
  async faults(): Promise<object[]> {
    return (await this.owner.query('SELECT * FROM ledger.audit')).rows;
  }
}

export function hold(ledger: Ledger, key: StreamKey, wish: HoldWish = {}): Promise<HoldResult> {
  const { amount = 1000n, fingerprint = 'f', ttlMs = 60_000, terms = JSON.stringify(TERMS), limits, tokenName } = wish;
  return ledger.hold({
    ...{ ...key, amount, fingerprint, ttlMs, terms },
    ...(limits ? { limits: JSON.stringify(limits) } : {}),
    ...(tokenName === undefined ? {} : { tokenName }),
  });
}

/** One frame; two tokens a frame. */
export function append(ledger: Ledger, key: StreamKey, seq: number, frames = `{"seq":${seq}}`): Promise<AppendResult> {
  return ledger.append({ ...key, firstSeq: seq, lastSeq: seq, frames, outputTokens: seq * 2 });
}

export function finish(ledger: Ledger, key: StreamKey, seq: number, cost: bigint): Promise<FinishResult> {
  const frame = `{"seq":${seq},"credits":\u0001,"balance":\u0002}`;
  return ledger.finish({ ...key, seq, frame, outputTokens: seq * 2, cost, outcome: '{}' });
}
