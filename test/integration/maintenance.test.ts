import { getQueueToken } from '@nestjs/bullmq';
import { Test, type TestingModule } from '@nestjs/testing';
import { Client } from 'pg';
import { ConfigModule } from '../../src/config/config.module.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { AuditSealer } from '../../src/audit/seal/audit-sealer.service.js';
import { LedgerAudit } from '../../src/maintenance/ledger-audit.service.js';
import { MaintenanceModule } from '../../src/maintenance/maintenance.module.js';
import { TrailAudit, type TrailReport } from '../../src/maintenance/trail-audit.service.js';
import { QueueModule } from '../../src/queue/queue.module.js';
import type { QueueOf } from '../../src/queue/typed-queue.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { SHARED_SECRETS } from '../support/tokens.js';

let database: TestDatabase;
let owner: Client;
let nodes: TestingModule[];
const errors: string[] = [];
const logger = { log() {}, warn() {}, error: (message: string) => void errors.push(message) };

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`DROP TABLE ledger.stream_chunk_${await bucketNow()}`); // as after a night without any process
  await owner.query(
    `SELECT ledger.grant_credits(ARRAY(SELECT 'user:u' || i FROM generate_series(1, 1200) i), array_fill('g'::text, ARRAY[1200]), array_fill(5::bigint, ARRAY[1200]))`,
  );
  nodes = await Promise.all([startNode(), startNode()]);
  await eventually(async () => {
    await nodes[0]!.get(AuditSealer, { strict: false }).seal();
    expect((await owner.query('SELECT sum(events)::int AS events FROM audit.seal')).rows).toEqual([{ events: 1200 }]);
  });
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await owner.end();
  await database.drop();
});

async function startNode(): Promise<TestingModule> {
  const environment = parseEnvironment({ ...SHARED_SECRETS, DATABASE_URL: database.url });
  const imports = [
    ConfigModule.forRoot(environment),
    DatabaseModule.forRoot(),
    QueueModule.forRoot(),
    MaintenanceModule,
  ];
  return (await Test.createTestingModule({ imports }).setLogger(logger).compile()).init();
}

async function bucketNow(): Promise<number> {
  const { rows } = await owner.query<{ bucket: number }>('SELECT ledger.bucket_of(now()) AS bucket');
  return rows[0]!.bucket;
}

/** Changes what no program may change, past every trigger. */
const tamper = (sql: string) =>
  owner.query(`SET session_replication_role = replica; ${sql}; RESET session_replication_role`);

describe('maintenance', () => {
  it('has a partition for the present hour before anything else', async () => {
    const { rowCount } = await owner.query('SELECT 1 FROM pg_class WHERE relname = $1', [
      `stream_chunk_${await bucketNow()}`,
    ]);
    expect(rowCount).toBe(1);
  });

  it('has each job scheduled once, however many processes there are', async () => {
    const queue = nodes[0]!.get<QueueOf<'maintenance'>>(getQueueToken('maintenance'), { strict: false });
    const schedulers = await queue.getJobSchedulers();
    expect(schedulers.map(({ key, every, pattern }) => [key, Number(every) || pattern]).sort()).toEqual([
      ['audit-all', '17 3 * * *'],
      ['audit-new', 60_000],
      ['audit-prune', '47 3 * * *'],
      ['audit-trail', '37 3 * * *'],
      ['drop-answers', 600_000],
      ['partitions', 300_000],
    ]);
  });

  it('runs the jobs', async () => {
    const reports = () => nodes.map((node) => node.get(LedgerAudit, { strict: false }).lastReports.new).filter(Boolean);
    await eventually(() => expect(reports()).not.toEqual([]));
    expect(reports()[0]).toMatchObject({ findings: [] });
    const queue = nodes[0]!.get<QueueOf<'maintenance'>>(getQueueToken('maintenance'), { strict: false });
    await eventually(async () => expect(await queue.getCompletedCount()).toBeGreaterThanOrEqual(2));
    expect(await queue.getFailedCount()).toBe(0);
  });
});

describe('the audit of the ledger', () => {
  const audit = () => nodes[0]!.get(LedgerAudit, { strict: false });
  beforeEach(() => void errors.splice(0));

  it('finds nothing where nobody tampered', async () => {
    expect(await audit().auditNew()).toMatchObject({ accounts: 1202, findings: [] });
    expect(await audit().auditAll()).toMatchObject({ findings: [] });
    expect(errors).toEqual([]);
  });

  it('names an account whose balance was changed by hand, logs it and tells of it', async () => {
    await tamper(`UPDATE ledger.account SET posted = 500 WHERE id = 'user:u7'`);
    const finding = { what: 'account', accountId: 'user:u7', requestId: null };
    expect(await audit().auditNew()).toMatchObject({ findings: [finding] });
    expect(audit().lastReports.new).toMatchObject({ findings: [finding] });
    expect(new Set(errors)).toEqual(new Set(['The ledger does not add up: account user:u7']));
    await tamper(`UPDATE ledger.account SET posted = 5 WHERE id = 'user:u7'`);
    expect(await audit().auditNew()).toMatchObject({ findings: [] });
    expect(audit().lastReports.new).toMatchObject({ findings: [] });
  });

  it('finds in the whole what was changed in the past', async () => {
    await audit().auditNew();
    await tamper(`UPDATE ledger.entry SET amount = 6 WHERE account_id = 'user:u8'`);
    expect(await audit().auditNew()).toMatchObject({ findings: [] });
    const { findings } = await audit().auditAll();
    expect(findings.map(({ what, accountId }) => [what, accountId])).toEqual(
      expect.arrayContaining([
        ['accounts', 'user:u8'],
        ['chain', 'user:u8'],
        ['conservation', null],
      ]),
    );
    expect(errors).toHaveLength(1);
  });
});

describe('the audit of the trail', () => {
  it('finds what was changed after it was sealed, logs it and remembers it', async () => {
    const trail = nodes[0]!.get(TrailAudit, { strict: false });
    const reports: TrailReport[] = [];
    trail.audits.add((report) => reports.push(report));
    const changed = ['entry user:u8 1: changed']; // by the test before
    expect(await trail.verify()).toMatchObject({ events: 1200, faults: 1, findings: changed });
    await tamper(`UPDATE ledger.entry SET amount = 5 WHERE account_id = 'user:u8'`);
    errors.splice(0);
    expect(await trail.verify()).toMatchObject({ faults: 0, findings: [] });
    await tamper(`UPDATE audit.event SET actor = 'user:u9' WHERE id = 7`);
    expect(await trail.verify()).toMatchObject({ faults: 1, findings: ['event 7: changed'] });
    expect(reports.map(({ faults }) => faults)).toEqual([1, 0, 1]);
    expect(errors).toEqual(['The audit trail is not as it was sealed: event 7: changed']);
  });
});
