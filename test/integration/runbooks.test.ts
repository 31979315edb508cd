import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { stringify } from 'yaml';
import { createTestDatabase } from '../support/database.js';

const RUNBOOKS = readFileSync('docs/runbooks.md', 'utf8');
/** What stands as code in them and begins like this. */
const codeOf = (beginning: RegExp) => [
  ...new Set([...RUNBOOKS.matchAll(/`([^`]+)`/g)].map(([, code]) => code!).filter((code) => beginning.test(code))),
];

test('every query of the runbooks is one that the database answers', async () => {
  const queries = codeOf(/^SELECT /);
  expect(queries.length).toBeGreaterThan(5);
  const database = await createTestDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    for (const query of queries) await expect(client.query(query)).resolves.toBeDefined();
  } finally {
    await client.end();
    await database.drop();
  }
});

test('every route that they name is there', () => {
  const { paths } = JSON.parse(readFileSync('contracts/api-spec.json', 'utf8')) as { paths: Record<string, object> };
  const known = new Set(
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, ':')}`),
    ),
  );
  const named = codeOf(/^(GET|POST|PATCH|PUT|DELETE) \//).map((route) =>
    route.replace(/\?.*/, '').replaceAll(/:\w+/g, ':'),
  );
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((route) => !known.has(route))).toEqual([]);
});

test('what they tell to look for in the log is what programs write there', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const text = sources.map((name) => readFileSync(join('src', name), 'utf8')).join('\n');
  const pieces = [...RUNBOOKS.matchAll(/(?:[Ll]ogs?|or has none of)(?: then)?(?:\*\*)?(?: says?)?:? `([^`]+)`/g)].map(
    ([, said]) => said!,
  );
  expect(pieces.length).toBeGreaterThan(4);
  for (const said of pieces) for (const piece of said.split(/ openai | … /)) expect(text).toContain(piece);
});

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
(hasPromtool ? test : test.skip)('every expression of runbooks, metrics.md and dashboard is PromQL (promtool)', () => {
  const { panels } = JSON.parse(readFileSync('deploy/grafana/dashboard.json', 'utf8')) as {
    panels: { targets?: { expr: string }[] }[];
  };
  const shown = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const documented = [...readFileSync('docs/metrics.md', 'utf8').matchAll(/`((?:sum|histogram_quantile)[^`]+)`/g)];
  const expressions = [
    ...codeOf(/^(sum|histogram_quantile|mcp_|nodejs_)/),
    ...shown,
    ...documented.map(([, expr]) => expr!),
  ];
  const rules = expressions.map((expr, n) => ({
    record: `expression:${n}`,
    expr: expr.replaceAll('$__rate_interval', '5m'),
  }));
  const folder = mkdtempSync(join(tmpdir(), 'promql-'));
  try {
    writeFileSync(join(folder, 'rules.yaml'), stringify({ groups: [{ name: 'expressions', rules }] }));
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', join(folder, 'rules.yaml')], {
      encoding: 'utf8',
    });
    expect({ status, said: `${stdout}${stderr}` }).toMatchObject({
      status: 0,
      said: expect.stringContaining('SUCCESS'),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
