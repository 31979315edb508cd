import { answerWithin } from '../common/answer-within.js';
import { Observers } from '../common/observers.js';
import { QuietClient } from './quiet-client.js';
import { Pool, TypeOverrides, type ClientBase, type PoolConfig } from 'pg';

export interface LedgerPoolOptions {
  connectionString: string;
  /** Most connections held open. */
  max?: number;
  log?: (line: string) => void;
}

/** A statement that was answered, or failed. */
export interface Statement {
  name: string;
  /** With the wait for a connection. */
  durationMs: number;
  hasFailed: boolean;
}

/** PostgreSQL's type id of int8 (bigint), from pg_type. */
const INT8 = 20;
const STATEMENT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 2_000;
const CONNECTION_TIMEOUT_MS = 2_000;
/** Ours, for an answer that never comes because the network is gone: beyond any the server would give. */
const QUERY_TIMEOUT_MS = 8_000;
/** A network that is gone must not keep the process from ending. */
const CLOSES_WITHIN_MS = 2_000;

/** Least privilege: the role that may read the ledger and call its functions, where it exists and is open to us. */
const BECOME_GATEWAY_APP = `SELECT set_config('role', rolname, false) FROM pg_roles
  WHERE rolname = 'gateway_app' AND pg_has_role(current_user, oid, 'SET')`;

/**
 * The connections of the hot path: prepared statements, short timeouts, int8 as BigInt (here alone; TypeORM's pool
 * keeps text). It repeats nothing: whether a call may be repeated is known to its caller.
 */
export class LedgerPool {
  /** Of every statement, once it is over. */
  readonly statements = new Observers<Statement>();
  private readonly pool: Pool;

  constructor({ connectionString, max = 10, log = () => undefined }: LedgerPoolOptions) {
    this.pool = new Pool(poolConfig(connectionString, max));
    // Without a listener an idle connection that the server ends would end the process.
    this.pool.on('error', (error) => log(`ledger: a connection was lost (${error.message})`));
  }

  /**
   * Runs a prepared statement, one round trip. `name` stands for `text`: the same name must never carry another text.
   * bigint columns come as BigInt.
   * @throws DatabaseError of `pg` (its `code` is the SQLSTATE: 57014 after 5 s, 55P03 after 2 s of waiting for a lock), or
   * an Error without `code` where no connection is to be had within 2 s.
   */
  async query<T extends object>(name: string, text: string, values: readonly unknown[] = []): Promise<T[]> {
    const beganAtMs = performance.now();
    let hasFailed = true;
    try {
      const { rows } = await this.pool.query<T>({ name, text, values: values as unknown[] });
      hasFailed = false;
      return rows;
    } finally {
      this.statements.tell({ name, durationMs: performance.now() - beganAtMs, hasFailed });
    }
  }

  /** Its connections, those of them that nobody uses, and the statements that wait for one. */
  get usage(): { open: number; idle: number; waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { open: totalCount, idle: idleCount, waiting: waitingCount };
  }

  /** Asks the database for a sign of life. @throws as `query`. */
  async ping(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  /** Closes every connection, after the queries that run, if they end soon; a second call does nothing. */
  async close(): Promise<void> {
    if (!this.pool.ending) await answerWithin(this.pool.end(), CLOSES_WITHIN_MS).catch(() => undefined);
  }
}

function poolConfig(connectionString: string, max: number): PoolConfig {
  const parsers = new TypeOverrides();
  parsers.setTypeParser(INT8, BigInt);
  return {
    Client: QuietClient,
    connectionString,
    max,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: parsers,
    onConnect: becomeGatewayApp,
  };
}

/** Its promise is awaited by pg-pool, whose types don't know of it yet. */
const becomeGatewayApp: (client: ClientBase) => unknown = (client) => client.query(BECOME_GATEWAY_APP);
