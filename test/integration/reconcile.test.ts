import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTestApp, startTestWorker, type TestApp } from '../support/app.js';
import { startCommand } from '../support/command.js';
import { RestClient } from '../support/rest-client.js';
import { connect } from '../support/socket-client.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { adminUsage } from '../support/usage-reports.js';

type Worker = Awaited<ReturnType<typeof startTestWorker>>;
const CHATS = 6;
let app: TestApp;
let worker: Worker;
let folder: TestFolder;

beforeAll(async () => {
  [app, folder] = await Promise.all([startTestApp(), makeDataFolder()]);
  worker = await startTestWorker(app);
  const client = await connect(app.wsUrl, app.token('ann'));
  const ask = (model: string, content: string) =>
    client.ask({
      id: randomUUID(),
      type: 'chat',
      provider: 'auto',
      model,
      messages: [{ role: 'user', content }],
      stream: true,
    });
  for (let number = 1; number <= CHATS; number++) {
    await ask('gpt-4.1-2025-04-14', `[[sim prompt=${number * 100} cached=64 completion=${number * 3} gap=0]]`);
    await ask('gpt-4', `[[sim prompt=${number * 10} completion=${number} gap=0]]`);
  }
  await ask('gpt-4', '[[sim fault=503 wire=openai]]'); // answered by another provider: no request here
  await client.close();
  await adminUsage(new RestClient(app.url, app.token('root', ['admin'])));
}, 60_000);
afterAll(async () => {
  await worker.close();
  await app.close();
  await folder.remove();
});

/** What the provider itself has in its book, as OpenAI's usage API would tell it. */
function providersExport(change: (result: Record<string, number>) => object = (result) => result): object {
  const entries = app.simulator.stats().bill.filter(({ wire, finished }) => wire === 'openai' && finished);
  const results = [...new Set(entries.map(({ model }) => model))].map((model) => {
    const own = entries.filter((entry) => entry.model === model);
    const sum = (figure: (entry: (typeof own)[number]) => number) =>
      own.reduce((total, each) => total + figure(each), 0);
    const counts = {
      num_model_requests: own.length,
      input_tokens: sum(({ promptTokens }) => promptTokens),
      input_cached_tokens: sum(({ cachedTokens = 0 }) => cachedTokens),
      output_tokens: sum(({ completionTokens }) => completionTokens),
    };
    return { object: 'organization.usage.completions.result', model, ...change(counts) };
  });
  const today = Math.floor(Date.now() / 86_400_000) * 86_400;
  const bucket = { object: 'bucket', start_time: today, end_time: today + 86_400, results };
  return { object: 'page', data: [bucket], has_more: false, next_page: null };
}

async function reconcile(content: object | string, ...more: string[]) {
  const file = join(folder.path, `${randomUUID()}.json`);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  const args = ['--provider', 'openai', '--file', file, ...more];
  return startCommand('src/cli/reconcile.ts', args, { DATABASE_URL: app.databaseUrl, NODE_ENV: 'test' }).ended;
}

test("our count is the provider's own, to the token", async () => {
  const { exitCode, stdout, stderr } = await reconcile(providersExport(), '--tolerance', '0%');
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/gpt-4\.1 +promptTokens +2,100 +2,100 +0 +0\.00/);
  expect(stdout).toMatch(new RegExp(`gpt-4 +requests +${CHATS} +${CHATS} +0`));
  expect(stdout).toMatch(/All 8 figures agree within 0 %\.\n$/);
});

test('a drift beyond the tolerance is marked, and exits 1', async () => {
  const inflated = providersExport((counts) => ({ ...counts, output_tokens: counts['output_tokens']! + 2 }));
  const { exitCode, stdout } = await reconcile(inflated, '--json', '--tolerance', '5%', '--by', 'period');
  expect(exitCode).toBe(1);
  const { drifts, ...asked } = JSON.parse(stdout) as { drifts: { model: string; metric: string; isBeyond: boolean }[] };
  expect(asked).toMatchObject({ provider: 'openai', tolerance: 0.05 });
  expect(drifts.filter(({ isBeyond }) => isBeyond)).toEqual([
    // two of 63 are within 5 %, two of 21 are not
    {
      day: 'all',
      model: 'gpt-4',
      metric: 'completionTokens',
      ours: 21,
      theirs: 23,
      drift: -2,
      percent: -8.7,
      isBeyond: true,
    },
  ]);
});

test.each([
  ['without a provider', ['--file', 'x'], 64, /--provider is missing/],
  ['without a file', ['--provider', 'openai'], 64, /--file is missing/],
  ['with a day that is none', ['--provider', 'openai', '--file', 'x', '--from', 'soon'], 64, /--from is 'soon'/],
  [
    'with days in a wrong order',
    ['--provider', 'p', '--file', 'x', '--from', '2026-01-02', '--to', '2026-01-01'],
    64,
    /--from must be/,
  ],
  ['with a tolerance that is none', ['--provider', 'p', '--file', 'x', '--tolerance', '1'], 64, /percentage/],
  ['with a name that is none', ['--provider', 'p', '--file', 'x', '--model', 'a'], 64, /THEIRS=OURS/],
  ['with a file that is not there', ['--provider', 'openai', '--file', 'no-such-file'], 65, /no-such-file: ENOENT/],
  [
    'with a file of other days',
    ['--provider', 'openai', '--file', 'test/support/exports/plain.csv', '--to', '2026-01-01'],
    65,
    /nothing in it/,
  ],
])('%s it says what is wrong', async (_name, args, code, message) => {
  const { exitCode, stderr } = await startCommand('src/cli/reconcile.ts', args, { DATABASE_URL: app.databaseUrl })
    .ended;
  expect(exitCode).toBe(code);
  expect(stderr).toMatch(message);
});
