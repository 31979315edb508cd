import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.js';

/** What can hold a text; numbers, times, flags and uuids can't. */
const TEXT_COLUMNS = `
  SELECT DISTINCT n.nspname || '.' || regexp_replace(c.relname, '^stream_chunk_.*$', 'stream_chunk') AS table, a.attname AS column
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
  WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND (t.typcategory IN ('S', 'A', 'C') OR t.typname IN ('json', 'jsonb', 'bytea', 'xml', 'tsvector', 'hstore'))
    AND t.typcategory <> 'N' ORDER BY 1, 2`;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

/** `schema.table`: its columns, from a table of docs/privacy.md below a heading. */
function columnsBelow(page: string, heading: string): string[] {
  const section = page.split(/^## /m).find((each) => each.startsWith(heading));
  const rows = section!.matchAll(/^\| `([a-z_]+\.[a-z_]+)` +\| ([^|]*)\|/gm);
  return [...rows].flatMap(([, table, columns]) =>
    [...columns!.matchAll(/`([a-z_]+)`/g)].map(([, column]) => `${table}.${column}`),
  );
}

test('docs/privacy.md says of every column that can hold text whether it does: a new one has to be decided on', async () => {
  const page = await readFile('docs/privacy.md', 'utf8');
  const decided = [...columnsBelow(page, 'What holds text'), ...columnsBelow(page, 'What holds none')];
  const database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
  const { rows } = await database.query<{ table: string; column: string }>(TEXT_COLUMNS);
  await database.end();
  expect(decided.sort()).toEqual(rows.map(({ table, column }) => `${table}.${column}`).sort());
});
