/**
 * `npm run bench:audit [-- EVENTS]`: a trail of so many events (1,000,000) with their holds and entries: how many a second
 * are sealed, verified and exported, what a page of it takes, and the memory of each. docs/audit.md says what was measured.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import pg from 'pg';
import { ensureSetUp, root } from '../scripts/setup.mjs';
import { residentMegabytes } from './process-usage.mjs';
import { onStage } from './stage.mjs';

const EVENTS = Number(process.argv[2] ?? 1_000_000);
const ACCOUNTS = 1_000;
const LOOK_EVERY_MS = 250;

const say = (line) => process.stdout.write(`${line}\n`);
const rate = (ms) => `${Math.round((EVENTS / ms) * 1_000)} a second`;

async function timed(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** Runs a command to its end, its output thrown away. @returns its time and the most memory that it took */
async function run(program, args, env) {
  const child = spawn(process.execPath, [program, ...args], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
  let megabytes = 0;
  const look = setInterval(() => {
    const now = residentMegabytes(child.pid);
    if (now > megabytes) megabytes = now;
  }, LOOK_EVERY_MS);
  const begun = performance.now();
  const [code] = await once(child, 'exit');
  clearInterval(look);
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return { ms: performance.now() - begun, megabytes: Math.round(megabytes) };
}

/** As the ledger and its triggers would have written them, one interaction at a time. */
const FILL = `
  SET session_replication_role = replica;
  INSERT INTO ledger.account (id, posted, seq) SELECT 'user:u' || a, 900000000000 - 42 * $1::bigint / ${ACCOUNTS}, 1 + $1::bigint / ${ACCOUNTS} FROM generate_series(0, ${ACCOUNTS - 1}) a;
  INSERT INTO ledger.entry (account_id, seq, kind, debit, credit, amount, balance_after, idem_key)
    SELECT 'user:u' || a, 1, 'grant', 'house:issued', 'user:u' || a, 900000000000, 900000000000, 'grant:signup' FROM generate_series(0, ${ACCOUNTS - 1}) a;
  INSERT INTO audit.event (actor, action, subject, details) SELECT 'user:u' || a, 'ledger.grant', 'grant:signup',
    '{"amount": 900000000000, "balanceAfter": 900000000000, "seq": 1}' FROM generate_series(0, ${ACCOUNTS - 1}) a;
  INSERT INTO ledger.hold (account_id, request_id, fingerprint, status, amount, charged, node_id, expires_at, final_seq, terms, outcome, closed_at)
    SELECT 'user:u' || i % ${ACCOUNTS}, 'ws:' || md5(i::text)::uuid, md5(i::text), 'settled', 1000, 42, 'node', now(), 12, t.terms, t.outcome, now()
    FROM generate_series(0, $1::bigint - 1) i, (SELECT
      '{"type": "chat", "model": "gpt-4o", "provider": "openai", "chain": ["openai/gpt-4o", "claude/claude-sonnet-4"], "promptTokens": 1200, "price": {"input": "2.5", "output": "10"}, "reap": {"prompt": 6000000, "token": 20000}}'::jsonb AS terms,
      '{"type": "chat", "model": "gpt-4o", "provider": "openai", "usage": {"inputTokens": 1200, "outputTokens": 350}, "usageSource": "provider", "finishReason": "stop", "latency": 4200, "attempts": [{"provider": "openai", "model": "gpt-4o", "ms": 4200}]}'::jsonb AS outcome) t;
  INSERT INTO ledger.entry (account_id, seq, kind, debit, credit, amount, balance_after, idem_key)
    SELECT 'user:u' || i % ${ACCOUNTS}, 2 + i / ${ACCOUNTS}, 'charge', 'user:u' || i % ${ACCOUNTS}, 'house:revenue', 42, 900000000000 - 42 * (1 + i / ${ACCOUNTS}),
      'charge:ws:' || md5(i::text)::uuid FROM generate_series(0, $1::bigint - 1) i;
  INSERT INTO audit.event (actor, action, subject, details)
    SELECT 'user:u' || i % ${ACCOUNTS}, 'ai.settled', 'ws:' || md5(i::text)::uuid, '{"type": "chat", "model": "gpt-4o", "provider": "openai", "inputTokens": 1200,
      "outputTokens": 350, "usageSource": "provider", "charged": 42, "shortfall": 0, "finishReason": "stop", "error": null}' FROM generate_series(0, $1::bigint - 1) i;
  RESET session_replication_role;
  ANALYZE`;

async function bench(stage) {
  const { startEmbeddedPostgres } = await import('../dist/database/embedded-postgres.js');
  const { createDataSource } = await import('../dist/database/data-source.js');
  const { runMigrations } = await import('../dist/database/migrate.js');
  const { AuditKeys } = await import('../dist/audit/audit-keys.js');
  const { AuditSealer } = await import('../dist/audit/seal/audit-sealer.service.js');
  const database = await startEmbeddedPostgres({ dataDirectory: stage.dataDirectory, log: () => undefined });
  const secret = randomBytes(32).toString('hex');
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    AUDIT_SECRET: secret,
    MEDIA_SECRET: secret,
  };
  const client = new pg.Client({ connectionString: database.url });
  const dataSource = await createDataSource(database.url).initialize();
  try {
    await client.connect();
    await runMigrations(dataSource);
    say(`${EVENTS} interactions of ${ACCOUNTS} accounts:`);
    for (const statement of FILL.replaceAll('$1', EVENTS).split(';')) await client.query(statement);
    const sealer = new AuditSealer(dataSource, new AuditKeys(secret));
    say(`  sealed    ${rate(await timed(() => sealer.seal()))} (${await bytesAnEvent(client)} bytes an event)`);
    await sealer.anchor(0);
    const verified = await run('dist/cli/audit-verify.js', [], env);
    say(`  verified  ${rate(verified.ms)}, ${verified.megabytes} MB`);
    const exported = await run('dist/cli/audit-export.js', [], env);
    say(`  exported  ${rate(exported.ms)}, ${exported.megabytes} MB`);
    await pages(client);
  } finally {
    await client.end();
    await dataSource.destroy();
    await database.stop();
  }
  return true;
}

async function bytesAnEvent(client) {
  const { rows } = await client.query(
    `SELECT pg_total_relation_size('audit.seal') + pg_total_relation_size('audit.seal_leaves') AS bytes`,
  );
  return Math.round(Number(rows[0].bytes) / EVENTS);
}

async function pages(client) {
  const { trailPage } = await import('../dist/audit/trail/trail-page.js');
  const { rows } = await client.query('SELECT subject, at FROM audit.event ORDER BY id DESC OFFSET $1 LIMIT 1', [
    Math.floor(EVENTS / 2),
  ]);
  const filters = {
    'the newest': {},
    'of an actor': { actor: 'user:u7' },
    'of a subject': { subject: rows[0].subject },
    'before a time': { to: rows[0].at },
    'of administrators': { action: 'admin.*' },
    refusals: { action: 'ai.refused' },
  };
  for (const [name, filter] of Object.entries(filters)) {
    const { sql, values } = trailPage({ filter, order: 'newest first', limit: 100 });
    const ms = await timed(() => client.query(sql, values));
    say(`  a page ${name}: ${ms.toFixed(1)} ms`);
  }
}

await ensureSetUp();
await onStage(bench);
