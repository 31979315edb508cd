import { createHash } from 'node:crypto';
import type { LedgerBench } from './ledger-bench.js';
import { callOf, type Call, type Rows } from './ledger-oracle-calls.js';
import { LedgerOracle } from './ledger-oracle.js';
import type { Step } from './ledger-oracle-steps.js';

const EMPTY_LEDGER = `SET session_replication_role = replica;
  TRUNCATE ledger.account, ledger.entry, ledger.hold, ledger.node, ledger.stream_chunk, ledger.audit_mark, ledger.durable_answer;
  INSERT INTO ledger.account (id) VALUES ('house:issued'), ('house:revenue');
  INSERT INTO ledger.node (id, lease_until) VALUES ('queue', 'infinity');
  SET session_replication_role = origin`;

/** Does the same to the ledger and to its oracle, and compares what each says. */
export class LedgerRun {
  private readonly oracle = new LedgerOracle();

  private constructor(
    private readonly bench: LedgerBench,
    private readonly saw: (outcome: string) => void,
  ) {}

  /**
   * Begins with an empty ledger.
   * @param saw is told every outcome, as `hold: insufficient`
   */
  static async begin(bench: LedgerBench, saw: (outcome: string) => void): Promise<LedgerRun> {
    await bench.owner.query(EMPTY_LEDGER);
    return new LedgerRun(bench, saw);
  }

  /** @throws Error where the ledger says something else than the oracle */
  async take(step: Step): Promise<void> {
    const call = callOf(step, this.oracle);
    const actual = await this.compare(call);
    for (const { result } of actual) if (typeof result === 'string') this.saw(`${step.do}: ${result}`);
  }

  /** @throws Error where a table holds something else than the oracle, or an audit view finds a fault */
  async compareTables(): Promise<void> {
    const accounts = [...this.oracle.accounts].sort(([a], [b]) => (a < b ? -1 : 1));
    const holds = this.oracle.sortedHolds();
    await this.table(
      `SELECT id, posted, held, frozen AS "isFrozen" FROM ledger.account ORDER BY id`,
      accounts.map(([id, { entries: _entries, ...account }]) => ({ id, ...account })),
    );
    await this.table(
      `SELECT account_id AS id, seq::int, kind, idem_key AS key, amount, balance_after AS "balanceAfter"
       FROM ledger.entry ORDER BY account_id, seq`,
      accounts.flatMap(([id, { entries }]) => entries.map((entry, index) => ({ id, seq: index + 1, ...entry }))),
    );
    await this.table(
      `SELECT account_id AS account, request_id AS request, fingerprint, status, amount, charged, shortfall,
         node_id AS owner, final_seq AS "finalSeq", stop_why AS "stopWhy" FROM ledger.hold ORDER BY account_id, request_id`,
      holds.map(({ isExpired: _isExpired, terms: _terms, log: _log, ...hold }) => hold),
    );
    await this.table(
      `SELECT account_id AS account, request_id AS request, seq_first AS first, seq_last AS last, frames,
         out_tokens AS tokens, terminal AS "isTerminal" FROM ledger.stream_chunk ORDER BY account_id, request_id, seq_first`,
      holds.flatMap(({ account, request, log }) => log.map((row) => ({ account, request, ...row }))),
    );
    await this.table(
      `SELECT account_id AS account, request_id AS request, frame FROM ledger.durable_answer ORDER BY account_id, request_id`,
      holds.flatMap((hold) => {
        const frame = this.oracle.durableAnswers.get(hold);
        return frame === undefined ? [] : [{ account: hold.account, request: hold.request, frame }];
      }),
    );
    await this.table('SELECT * FROM ledger.audit', []);
  }

  private async table(sql: string, expected: Rows): Promise<void> {
    await this.compare({ sql, values: [], expected });
  }

  private async compare({ sql, values, expected }: Call): Promise<Rows> {
    const isOurs = sql.startsWith('UPDATE'); // a stroke of fate, which the gateway's role may not deal
    const rows = isOurs ? (await this.bench.owner.query<Rows[0]>(sql, values)).rows : await this.ask(sql, values);
    const actual = rows.map(withoutLatency);
    try {
      expect(actual).toEqual(expected);
    } catch (error) {
      const call = JSON.stringify(values, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
      throw new Error(`${sql}\nwith ${call}\n${(error as Error).message}`, { cause: error });
    }
    return actual;
  }

  private ask(sql: string, values: unknown[]): Promise<Rows> {
    return this.bench.pool.query(createHash('sha1').update(sql).digest('hex'), sql, values);
  }
}

/** How long a reaped answer took is the one thing that nobody can foretell. */
function withoutLatency(row: Record<string, unknown>): Record<string, unknown> {
  const known = Object.entries(row).map(([name, value]) => {
    return [name, typeof value === 'string' ? value.replace(/"latency" : \d+/, '"latency" : ?') : value];
  });
  return Object.fromEntries(known) as Record<string, unknown>;
}
