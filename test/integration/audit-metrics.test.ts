import { Client } from 'pg';
import { AuditSealer } from '../../src/audit/seal/audit-sealer.service.js';
import { TrailAudit } from '../../src/maintenance/trail-audit.service.js';
import { Gathering } from '../../src/metrics/gathering.js';
import { AlertStage } from '../support/alert-stage.js';
import { eventually } from '../support/eventually.js';
import { readMetrics, type Metrics } from '../support/metrics.js';

let stage: AlertStage;

beforeEach(async () => {
  stage = await AlertStage.open();
});
afterEach(() => stage.close());

/** The gateway's, which neither seals nor verifies: its figures are those of all processes. */
async function metrics(): Promise<Metrics> {
  await stage.gateway.app.get(Gathering).gather();
  return readMetrics(stage.gateway.url);
}

/** As somebody would who owns the database. */
async function tamper(sql: string): Promise<void> {
  const owner = new Client({ connectionString: stage.gateway.databaseUrl });
  await owner.connect();
  await owner.query(`SET session_replication_role = replica; ${sql}`);
  await owner.end();
}

const trailAudit = () => stage.worker.get(TrailAudit, { strict: false });
const verify = () => trailAudit().verify();
const open = () => stage.alerts('?state=open');

test('events wait to be sealed, and requests to be counted, and every gateway tells of both', async () => {
  await stage.worker.close(); // nobody seals or counts
  await stage.chat(3);
  await eventually(async () => {
    const waiting = await metrics();
    expect(waiting.sum('mcp_audit_unsealed_events')).toBeGreaterThanOrEqual(3);
    expect(waiting.sum('mcp_audit_unsealed_oldest_seconds')).toBeGreaterThan(0);
    expect(waiting.sum('mcp_usage_backlog_requests')).toBeGreaterThanOrEqual(1);
    expect(waiting.sum('mcp_usage_lag_seconds')).toBeGreaterThan(0);
    expect(waiting.sum('mcp_audit_events_dropped_total')).toBe(0);
  });
  await stage.addWorker();
  await eventually(async () => {
    const done = await metrics();
    expect(done.sum('mcp_audit_unsealed_events')).toBe(0);
    expect(done.sum('mcp_audit_unsealed_oldest_seconds')).toBe(0);
    expect(done.sum('mcp_usage_backlog_requests')).toBe(0);
    expect(done.sum('mcp_usage_lag_seconds')).toBe(0);
  }, 30_000);
}, 60_000);

test('a trail that was changed is told of once a verification has found it, and no longer once it fits', async () => {
  await stage.chat(1);
  await stage.worker.get(AuditSealer, { strict: false }).seal();
  expect(await verify()).toMatchObject({ faults: 0 });
  await tamper(`UPDATE audit.event SET actor = 'user:mallory' WHERE actor = 'user:alice'`);
  const { faults } = await verify();
  expect(faults).toBeGreaterThan(0);
  await eventually(async () => {
    await stage.judge();
    expect(await open()).toMatchObject([{ alert: 'TrailBroken', severity: 'critical', value: faults }]);
    expect((await metrics()).sum('mcp_audit_trail_faults')).toBe(faults);
  });
  trailAudit().lookBackMs = 0; // as two days later: it is told of still, as it is there still
  await eventually(async () => expect((await verify()).faults).toBeGreaterThanOrEqual(faults));
  await stage.judge();
  expect(await open()).toMatchObject([{ alert: 'TrailBroken' }]);
  await tamper(`UPDATE audit.event SET actor = 'user:alice' WHERE actor = 'user:mallory'`);
  expect(await verify()).toMatchObject({ faults: 0 });
  await eventually(async () => expect(await verify()).toMatchObject({ events: 0, faults: 0 })); // only what is new again
  await eventually(async () => {
    await stage.judge();
    expect(await open()).toEqual([]);
  });
});

test('a trail that nobody can seal is told of until somebody can', async () => {
  const holder = new Client({ connectionString: stage.gateway.databaseUrl });
  await holder.connect();
  try {
    await holder.query(`SELECT pg_advisory_lock(hashtextextended('audit.seal', 0))`);
    await stage.chat(1);
    await eventually(async () => expect((await metrics()).sum('mcp_audit_unsealed_events')).toBeGreaterThan(0));
    await stage.judge();
    expect(await open()).toEqual([]); // it is of now
    await tamper(`UPDATE audit.event SET at = at - interval '6 minutes'`);
    await stage.judge();
    expect(await open()).toMatchObject([
      {
        alert: 'TrailUnsealed',
        severity: 'warning',
        summary: 'The audit trail has an event that is 6 minutes old and not sealed.',
      },
    ]);
  } finally {
    await holder.end();
  }
  await eventually(async () => {
    await stage.judge();
    expect(await open()).toEqual([]);
  }, 30_000);
});

test('a trail that nobody verifies is told of: by its first seal where it never was, by the last time where it was', async () => {
  await stage.judge();
  expect(await open()).toEqual([]); // there is nothing to verify
  await stage.chat(1);
  await stage.worker.get(AuditSealer, { strict: false }).seal();
  await stage.judge();
  expect(await open()).toEqual([]);
  await tamper(`UPDATE audit.seal SET sealed_at = sealed_at - interval '27 hours'`);
  await stage.judge();
  expect(await open()).toMatchObject([
    { alert: 'TrailUnverified', severity: 'warning', summary: 'The audit trail was verified last 27 hours ago.' },
  ]);
  expect((await metrics()).sum('mcp_audit_trail_verified_age_seconds')).toBeGreaterThan(27 * 3_600 - 1);
  await verify();
  await eventually(async () => {
    await stage.judge();
    expect((await open()).map(({ alert }) => alert)).not.toContain('TrailUnverified');
  });
  await stage.database.query(`UPDATE alerting.finding SET at = at - interval '26 hours 1 minute' WHERE value >= 0`);
  await stage.judge();
  expect((await open()).map(({ alert }) => alert)).toContain('TrailUnverified');
});
