import { Client } from 'pg';
import { GatewayConfiguration } from '../../src/config/gateway-config/gateway-configuration.js';
import { digestOf } from '../../src/config/gateway-config/kept-configurations.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { ConfigFile } from '../support/config-file.js';
import { eventually } from '../support/eventually.js';

const written = (concurrency: number) =>
  `providers: {main: {wire: openai, baseUrl: "http://127.0.0.1:9/v1", apiKey: a-secret-key, concurrency: ${concurrency}}}\n`;
const [A, B] = [written(1), written(2)];
const BROKEN = 'providers: {main: {wire: openai, apiKey: a-secret-key, concurrency: none}}\n';

const file = new ConfigFile(A);
const nodes: TestApp[] = [];
let database: Client;

beforeAll(async () => {
  nodes.push(await startTestApp({ GATEWAY_CONFIG: file.path }));
  database = new Client({ connectionString: nodes[0]!.databaseUrl });
  await database.connect();
  nodes.push(await startBeside());
});
afterAll(async () => {
  await database.end();
  for (const node of nodes.reverse()) await node.close();
  file.remove();
});

const startBeside = () => startTestApp({ GATEWAY_CONFIG: file.path, DATABASE_URL: nodes[0]!.databaseUrl });

const applied = (text: string, replaced: string | null) => ({
  action: 'config.applied',
  subject: digestOf(text),
  details: { digest: digestOf(text), replaced: replaced === null ? null : digestOf(replaced) },
});

async function events(): Promise<unknown[]> {
  const { rows } = await database.query(
    `SELECT action, subject, details FROM audit.event WHERE actor = 'house:configuration' ORDER BY id`,
  );
  return rows;
}

/** Every node has looked at it, and said what it says. */
const told = (...expected: unknown[]) => eventually(async () => expect(await events()).toEqual(expected));
const standings = () => nodes.map(({ app }) => app.get(GatewayConfiguration));
const inForce = (text: string) =>
  eventually(() => expect(standings().map(({ version }) => version)).toEqual(nodes.map(() => digestOf(text))));

test('each change is one event, however many nodes find it, and there and back again are three', async () => {
  await told(applied(A, null));
  file.replace(B);
  await inForce(B);
  await told(applied(A, null), applied(B, A));
  file.replace(A);
  await inForce(A);
  await told(applied(A, null), applied(B, A), applied(A, B));
});

test('a node that starts with what is in force already tells nothing', async () => {
  const before = await events();
  const third = await startBeside();
  await third.close(); // it has said what it had to say
  expect(await events()).toEqual(before);
});

test('a file that can not be used is told once, without its words', async () => {
  const before = await events();
  file.replace(BROKEN);
  await eventually(() => {
    for (const configuration of standings()) expect(configuration.status().faults).toHaveLength(1);
  });
  const refused = { inForce: digestOf(A), faults: 1 };
  await told(...before, { action: 'config.refused', subject: digestOf(A), details: refused });
  for (const configuration of standings()) configuration.reload();
  file.replace(B);
  await inForce(B);
  await told(...before, { action: 'config.refused', subject: digestOf(A), details: refused }, applied(B, A));
  expect(JSON.stringify(await events())).not.toContain('secret');
});
