import { startTestApp, TEST_SECRET, type TestApp } from '../support/app.js';
import { startCommand, type CommandOutcome, type RunningCommand } from '../support/command.js';
import { RestClient } from '../support/rest-client.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

let app: TestApp;
let proxy: TcpProxy;
beforeAll(async () => {
  app = await startTestApp();
  proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(app.url).port) });
});
afterAll(async () => {
  await proxy.close();
  await app.close();
});

function startChat(args: string[], url = app.wsUrl): RunningCommand {
  return startCommand('src/cli/chat.ts', ['--url', url, '--model', 'gpt-4', ...args], { JWT_SECRET: TEST_SECRET });
}
const chat = (args: string[], url?: string): Promise<CommandOutcome> => startChat(args, url).ended;
const entries = async (user: string) => {
  const { body } = await new RestClient(app.url, app.token(user)).get('/api/mcp/credits/entries');
  return body['entries'] as { kind: string; amount: number }[];
};

describe('the chat command', () => {
  test('prints the answer, and beside it who gave it and what it cost', async () => {
    const outcome = await chat(['[[sim prompt=150 completion=300 gap=0]]', '--token', app.token('alice')]);
    expect(outcome).toEqual({
      exitCode: 0,
      stdout: `${' lorem'.repeat(300)}\n`,
      stderr: expect.stringMatching(
        /^\[gpt-4 of openai · 150 \+ 300 tokens · 45 credits · balance 9955 · \d+\.\d s\]\n$/,
      ),
    });
  });

  test('signs a token of its own; a system text and an answer in one piece are possible', async () => {
    const outcome = await chat([
      '[[sim completion=3 gap=0]]',
      '--no-stream',
      '--system',
      'be brief',
      '--provider',
      'claude',
    ]);
    expect(outcome).toMatchObject({ exitCode: 0, stdout: ' lorem lorem lorem\n' });
    expect(outcome.stderr).toContain('of claude');
    expect(await entries('dev')).toHaveLength(2);
  });

  test('goes on where a lost connection left off: the answer is whole, and charged once', async () => {
    const args = ['[[sim prompt=10 completion=40 text=numbered gap=25]]', '--token', app.token('bob')];
    const command = startChat(args, `ws://127.0.0.1:${proxy.port}/mcp`);
    for (const piece of [' 5', ' 20']) {
      await command.shows(piece);
      proxy.cut();
      proxy.restore();
    }
    const { exitCode, stdout, stderr } = await command.ended;
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `${Array.from({ length: 40 }, (_, index) => ` ${index + 1}`).join('')}\n`,
    });
    expect(stderr).toContain('trying again');
    expect((await entries('bob')).filter(({ kind }) => kind === 'charge')).toHaveLength(1);
  });

  test('at Ctrl-C cancels, and says what was charged', async () => {
    const command = startChat(['[[sim completion=1000 gap=20]]', '--token', app.token('carol')]);
    await command.shows(' lorem lorem');
    command.process.kill('SIGINT');
    const { exitCode, stderr } = await command.ended;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/^CANCELLED: .*\n\[gpt-4 of openai .* credits \(estimated\) · .* cancelled\]\n$/);
  });

  test('tells an error by its code', async () => {
    const outcome = await chat(['hello', '--model', 'no-such-model']);
    expect(outcome).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(/^MODEL_NOT_FOUND: ./) });
  });

  test('tells why it is not let in', async () => {
    const outcome = await chat(['hello', '--token', 'nonsense']);
    expect(outcome).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(/^UNAUTHORIZED: ./) });
  });

  test('says at once why no server answers', async () => {
    const outcome = await chat(['hello', '--token', 'x'], 'ws://127.0.0.1:1/mcp');
    expect(outcome).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^No server answers at ws:.* \(ECONNREFUSED\)/),
    });
    expect(outcome.stderr).toContain('npm start');
  });

  test('explains bad arguments', async () => {
    const outcome = await chat([]);
    expect(outcome).toMatchObject({ exitCode: 64, stdout: '', stderr: expect.stringMatching(/missing[^]*usage:/) });
  });
});
