import { Client } from 'pg';
import { PAGES, type PageName } from '../../src/usage/report/usage-pages.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** A node of a plan, as EXPLAIN (ANALYZE, FORMAT JSON) has it. */
interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

const USERS = 2_000;
const DAYS = 60;
const MODELS = 3;
let database: TestDatabase;
let owner: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  const figures = `1, 1, 0, 0, 0, 100, 0, 0, 200, 0, 0, 45, 0, 0.01, 0.01, 0, 1, 0, 0`;
  const days = `generate_series(0, ${DAYS - 1}) d, generate_series(1, ${MODELS}) m`;
  await owner.query(
    `INSERT INTO usage.day SELECT 'user:u' || u, date '2026-01-01' + d, 'm' || m, 'p', 'chat', ${figures} FROM generate_series(1, ${USERS}) u, ${days}`,
  );
  await owner.query(
    `INSERT INTO usage.day SELECT 'house:all', date '2026-01-01' + d, 'm' || m, 'p', 'chat', ${figures} FROM ${days}`,
  );
  await owner.query('ANALYZE usage.day');
}, 60_000);
afterAll(async () => {
  await owner.end();
  await database.drop();
});

/** What a page reads: its plan's nodes that touch a table. @param genericPlan as a statement that was prepared long ago has it */
async function scansOf(name: PageName, values: unknown[], genericPlan: boolean): Promise<PlanNode[]> {
  await owner.query(`SET plan_cache_mode = ${genericPlan ? 'force_generic_plan' : 'force_custom_plan'}`);
  await owner.query(`PREPARE page (text, text, text, text, int) AS ${PAGES[name]}`);
  const list = values.map((value) => (typeof value === 'number' ? String(value) : `'${String(value)}'`)).join(', ');
  const { rows } = await owner.query(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE page (${list})`);
  await owner.query('DEALLOCATE page');
  const all = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(all)];
  return all(rows[0]['QUERY PLAN'][0].Plan).filter((node) => node['Relation Name'] !== undefined);
}

const rowsRead = (nodes: PlanNode[]) =>
  nodes.reduce(
    (sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
    0,
  );

describe.each([false, true])('a page of a report (generic plan: %s)', (genericPlan) => {
  test.each([
    ['day', 'house:all'],
    ['model', 'house:all'],
    ['provider', 'user:u7'],
    ['user', 'user:u7'],
  ] as const)('by %s of %s reads the days of that account alone', async (name, account) => {
    const scans = await scansOf(name, [account, '2026-01-11', '2026-01-21', '', 500], genericPlan);
    expect([...new Set(scans.map((node) => node['Relation Name']))].sort()).toEqual(['day', 'ended']);
    expect(rowsRead(scans)).toBeLessThanOrEqual(10 * MODELS * 2 + 1);
  });

  test('by user reads the days of the users on it alone, and finds these by the index', async () => {
    const limit = 50;
    const scans = await scansOf('everyUser', ['house:all', '2026-01-11', '2026-01-21', 'u5', limit], genericPlan);
    // of each user: its days, the jump to it; and the total's days
    expect(rowsRead(scans)).toBeLessThanOrEqual(limit * (10 * MODELS + 1) + 10 * MODELS + 10);
  });
});
