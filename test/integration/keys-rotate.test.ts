import { Client } from 'pg';
import { randomUUID } from 'node:crypto';
import { startTestApp, startTestWorker, TEST_SECRET, type TestApp } from '../support/app.js';
import { startCommand } from '../support/command.js';
import { ENCRYPTED, newKey, questionOf, startBeside } from '../support/encrypted-app.js';
import { eventually } from '../support/eventually.js';
import { connect, type Frame } from '../support/socket-client.js';
import { tablesWith } from '../support/stored-texts.js';
import { VideoClient } from '../support/video-client.js';

const [first, second] = [newKey('first'), newKey('second')];
let gateway: TestApp;
let database: Client;

beforeAll(async () => {
  gateway = await startTestApp({ ...ENCRYPTED, ENCRYPTION_KEYS: first });
  database = new Client({ connectionString: gateway.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await gateway.close();
});

const rotate = (variables: Record<string, string>) =>
  startCommand('src/cli/keys-rotate.ts', [], {
    ...{ NODE_ENV: 'test', DATABASE_URL: gateway.databaseUrl, JWT_SECRET: TEST_SECRET },
    ...variables,
  }).ended;

/** Leaves a streamed answer in the log, and a request that waits for a worker. @returns the id of the latter */
async function ask(at: TestApp, secret: string): Promise<string> {
  const socket = await connect(at.wsUrl, at.token('bob'));
  try {
    await socket.ask(questionOf(secret));
    const waiting = questionOf(secret, { stream: false, background: true });
    socket.send(waiting);
    await socket.first('the acknowledgement', ({ id, type }) => id === waiting.id && type === 'event');
    return waiting.id;
  } finally {
    await socket.close();
  }
}

test('puts what is clear, or under an older key, under the first one, and says when the older one is needed no more', async () => {
  const secret = `secret-${randomUUID()}`;
  const clear = await startBeside(gateway, {});
  const prompt = `A film of ${secret}`;
  const videoIds = [
    await new VideoClient(gateway, 'bob').order(prompt),
    await new VideoClient(clear, 'bob').order(prompt),
  ];
  await ask(gateway, secret);
  const waiting = await ask(clear, secret);
  expect(await tablesWith(database, secret)).toEqual(['bullmq.job', 'ledger.stream_chunk', 'video.video']);
  await clear.close();

  const both = await rotate({ ENCRYPTION_KEYS: `${second},${first}` });
  expect(both).toMatchObject({ exitCode: 0, stderr: '' });
  const { rows: acts } = await database.query(`SELECT actor FROM audit.event WHERE action = 'admin.keys.rotate'`);
  expect(acts).toEqual([{ actor: expect.stringMatching(/^operator:./) }]);
  expect(both.stdout).toMatch(/^videos: [1-9]\d* put under key second$/m);
  expect(both.stdout).toMatch(/^requests in the background: [1-9]\d* put under key second$/m);
  expect(both.stdout).toMatch(/^key first is needed for the streams' log \(\d+\)$/m);
  expect(await tablesWith(database, secret)).toEqual(['ledger.stream_chunk']); // whose texts go by themselves

  await database.query("UPDATE ledger.stream_chunk SET frames = ''"); // as hours later
  const again = await rotate({ ENCRYPTION_KEYS: `${second},${first}` });
  expect(again.stdout).toMatch(/^videos: 0 put under key second$/m);
  expect(again.stdout).toContain('key first is needed no more');

  const anew = await startBeside(gateway, { ENCRYPTION_KEYS: second });
  const worker = await startTestWorker(gateway, { ...ENCRYPTED, ENCRYPTION_KEYS: second });
  try {
    const { rest } = new VideoClient(anew, 'bob');
    for (const id of videoIds) expect((await rest.get(`/api/mcp/videos/${id}`)).body).toMatchObject({ prompt });
    const answer = await eventually(async () => {
      const { body } = await rest.get<{ answer: Frame | null }>(`/api/mcp/requests/${waiting}`);
      expect(body.answer).not.toBeNull();
      return body.answer!;
    }, 45_000);
    expect(answer.data).toContain(secret);
    expect(await rotate({ ENCRYPTION_KEYS: newKey('third') })).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(
        /^videos: 0 put under key third; [1-9]\d* can't be read[^]*key second is needed for/m,
      ),
    });
  } finally {
    await worker.close();
    await anew.close();
  }

  const off = await rotate({ ENCRYPTION_KEYS: second, ENCRYPTION: 'off' });
  expect(off).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^videos: 2 made clear$/m) });
  expect(await tablesWith(database, secret)).toEqual(['ledger.durable_answer', 'video.video']);
}, 180_000);
