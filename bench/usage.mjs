/**
 * `npm run bench:usage [-- REQUESTS]`: what usage reports take with the sums that so many requests (10 million) leave, and
 * how many requests a second are counted into them. docs/usage.md says what the figures mean.
 */
import { ensureSetUp } from '../scripts/setup.mjs';
import { onStage } from './stage.mjs';
import { percentile } from './statistics.mjs';

const REQUESTS = Number(process.argv[2] ?? 10_000_000);
/** A user of a day: so many requests, of so many models. */
const REQUESTS_A_DAY = 16;
const MODELS = ['gpt-4.1', 'gpt-4.1-mini', 'claude-sonnet-5'];
const DAYS = 60;
const USERS = Math.max(1, Math.round(REQUESTS / DAYS / REQUESTS_A_DAY));
const ROUNDS = 20;
const HOLDS = 50_000;
const AT_ONCE = 2_000;
const FROM = '2026-01-01';

const say = (line) => process.stdout.write(`${line}\n`);
const ms = (figure) => `${figure < 10 ? figure.toFixed(1) : figure.toFixed(0)} ms`;
const day = (offset) => new Date(Date.parse(FROM) + offset * 86_400_000).toISOString().slice(0, 10);

const FIGURES = `n, n, 0, 0, 0, 1000 * n, 100 * n, 0, 300 * n, 0, 0, 45000000 * n, 0, 0.0225 * n, 0.0225 * n, 0, n, 0, 0`;
const FILL = `INSERT INTO usage.day
  SELECT 'user:u' || lpad(u::text, 7, '0'), date '${FROM}' + d, m, 'p', 'chat', ${FIGURES}
  FROM generate_series(1, $1::int) u, generate_series(0, ${DAYS - 1}) d,
    unnest($2::text[]) WITH ORDINALITY x(m, i), LATERAL (SELECT ${REQUESTS_A_DAY} / $3::int + (i <= ${REQUESTS_A_DAY} % $3::int)::int AS n) k`;
const FILL_ALL = `INSERT INTO usage.day
  SELECT 'house:all', day, model, provider, kind, sum(requests), sum(completed), 0, 0, 0, sum(prompt_tokens), sum(cached_tokens), 0,
    sum(completion_tokens), 0, 0, sum(charged), 0, sum(revenue_usd), sum(cost_usd), 0, sum(calls), 0, 0
  FROM usage.day GROUP BY day, model, provider, kind`;
const PRICE = {
  source: 'list',
  inputUsdPerMtok: 2,
  outputUsdPerMtok: 8,
  cachedInputUsdPerMtok: 0.5,
  cacheWriteUsdPerMtok: 2,
};
const TERMS = {
  type: 'chat',
  model: 'gpt-4.1',
  provider: 'openai',
  chain: ['openai/gpt-4.1'],
  promptTokens: 1_000,
  price: PRICE,
};
const OUTCOME = {
  ...{
    model: 'gpt-4.1',
    provider: 'openai',
    latency: 900,
    finishReason: 'stop',
    usageSource: 'provider',
    price: PRICE,
  },
  usage: { inputTokens: 1_000, outputTokens: 300, cachedInputTokens: 128 },
  attempts: [{ provider: 'openai', model: 'gpt-4.1', outcome: 'answered', durationMs: 900 }],
};
const HOLD = `INSERT INTO ledger.hold (account_id, request_id, fingerprint, status, amount, charged, node_id, expires_at, terms, outcome, closed_at)
  SELECT 'user:u' || lpad((i % 5000 + 1)::text, 7, '0'), 'ws:bench' || i, 'f', 'settled', 1000, 1000, 'bench', now(), $2::jsonb, $3::jsonb, now()
  FROM generate_series(1, $1::int) i`;
const NOTE = `INSERT INTO usage.ended (account_id, request_id, at) SELECT account_id, request_id, closed_at FROM ledger.hold`;

async function bench({ dataDirectory }) {
  const { startEmbeddedPostgres } = await import('../dist/database/embedded-postgres.js');
  const server = await startEmbeddedPostgres({
    dataDirectory,
    settings: { max_wal_size: '4GB' },
    log: () => undefined,
  });
  try {
    await migrate(server.url);
    const { default: pg } = await import('pg');
    const owner = new pg.Client({ connectionString: server.url });
    await owner.connect();
    await fill(owner);
    const isFast = await reports(server.url);
    await counting(owner);
    await owner.end();
    return isFast;
  } finally {
    await server.stop();
  }
}

async function migrate(url) {
  const { createDataSource } = await import('../dist/database/data-source.js');
  const { runMigrations } = await import('../dist/database/migrate.js');
  const dataSource = await createDataSource(url).initialize();
  await runMigrations(dataSource);
  await dataSource.destroy();
}

async function fill(owner) {
  await owner.query(FILL, [USERS, MODELS, MODELS.length]);
  await owner.query(FILL_ALL);
  await owner.query('VACUUM ANALYZE usage.day');
  const { rows } = await owner.query(
    `SELECT count(*)::int AS rows, pg_size_pretty(pg_total_relation_size('usage.day')) AS size,
       (SELECT sum(requests)::text FROM usage.day WHERE account_id = 'house:all') AS requests FROM usage.day`,
  );
  const [{ rows: count, size, requests }] = rows;
  say(`${requests} requests of ${USERS} users on ${DAYS} days: ${count} rows, ${size}`);
}

/** @returns whether every page came within a second */
async function reports(url) {
  const { LedgerPool } = await import('../dist/database/ledger-pool.js');
  const { UsageReports } = await import('../dist/usage/report/usage-reports.js');
  const pool = new LedgerPool({ connectionString: url, max: 1 });
  const service = new UsageReports(pool);
  const month = { from: day(20), to: day(50) };
  const all = { from: day(0), to: day(DAYS) };
  const middle = `u${String(Math.round(USERS / 2)).padStart(7, '0')}`;
  const questions = [
    ["a user's month by day", { ...month, groupBy: 'day', userId: middle }],
    ["a user's month by model", { ...month, groupBy: 'model', userId: middle }],
    ["everybody's month by day", { ...month, groupBy: 'day' }],
    [`everybody's ${DAYS} days by model`, { ...all, groupBy: 'model' }],
    [`everybody's ${DAYS} days by provider`, { ...all, groupBy: 'provider' }],
    ["everybody's month by user, 200 users", { ...month, groupBy: 'user' }],
    ['the same from the middle', { ...month, groupBy: 'user', after: middle }],
    ['one day by user, 200 users', { from: day(30), to: day(31), groupBy: 'user', after: middle }],
  ];
  let slowest = 0;
  for (const [title, question] of questions) {
    const took = [];
    for (let round = 0; round < ROUNDS; round++) {
      const begun = performance.now();
      const { rows } = await service.page({ limit: 500, ...question });
      if (rows.length === 0) throw new Error(`no rows: ${title}`);
      took.push(performance.now() - begun);
    }
    slowest = Math.max(slowest, ...took);
    say(`  ${title.padEnd(42)} p50 ${ms(percentile(took, 0.5))}, most ${ms(Math.max(...took))}`);
  }
  const begun = performance.now();
  let users = 0;
  for (let after = ''; after !== undefined;) {
    const { rows, next } = await service.page({ ...month, groupBy: 'user', limit: 500, after });
    users += rows.length;
    after = next;
  }
  say(`  ${`all ${users} users, page after page (as CSV)`.padEnd(42)} ${ms(performance.now() - begun)}`);
  await pool.close();
  return slowest < 1_000;
}

async function counting(owner) {
  await owner.query(HOLD, [HOLDS, JSON.stringify(TERMS), JSON.stringify(OUTCOME)]);
  await owner.query('VACUUM ANALYZE ledger.hold');
  await owner.query('TRUNCATE usage.ended');
  await owner.query(NOTE);
  const begun = performance.now();
  let counted = 0;
  for (let count = AT_ONCE; count > 0; counted += count)
    ({ count } = (await owner.query('SELECT usage.roll_up($1, 2000) AS count', [AT_ONCE])).rows[0]);
  const seconds = (performance.now() - begun) / 1_000;
  say(`  counted into these sums: ${Math.round(counted / seconds)} requests a second`);
}

await ensureSetUp();
await onStage(bench);
