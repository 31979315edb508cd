import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmStart } from '../support/gateway-process.js';
import { probeVideo } from '../support/probe-video.js';
import { connect } from '../support/socket-client.js';
import { signToken, TEST_SECRET } from '../support/tokens.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('the commands of a fresh clone', () => {
  let folder: TestFolder;
  beforeAll(async () => {
    folder = await makeDataFolder();
  });
  afterAll(() => folder.remove());

  async function run(...args: string[]): Promise<{ code: number | null; output: string }> {
    const child = spawn('npm', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, 'exit')) as [number | null];
    return { code, output };
  }

  it('npm run demo shows the main job and exits 0', async () => {
    const { code, output } = await run('run', 'demo');
    expect(output).toContain('All as promised');
    expect(output).toContain('45 credits');
    const [, path] = /written\s+(\S+\.mp4):/.exec(output)!;
    const seconds: unknown = expect.closeTo(8, 1);
    expect(await probeVideo(join(ROOT, path!))).toEqual({ codec: 'h264', width: 1280, height: 720, seconds });
    expect(code).toBe(0);
  }, 90_000);

  it('npm start serves, says where and with which token, and comes up again after a kill with the same data', async () => {
    const variables = { PORT: '0', DATA_DIR: folder.path, JWT_SECRET: TEST_SECRET, STREAM_LEASE_MS: '2000' };
    const ask = {
      type: 'chat',
      provider: 'auto',
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'hello' }],
      stream: true,
    };
    const first = await npmStart(variables);
    const [, token] = /Token\s+(\S+)/.exec(first.output())!;
    const client = await connect(first.wsUrl, token);
    const before = await client.ask({ ...ask, id: 'one' });
    expect(before).toMatchObject({ type: 'done', metadata: { provider: 'openai' } });
    await first.end('SIGKILL');

    const second = await npmStart(variables);
    try {
      const again = await connect(second.wsUrl, signToken('dev', ['admin']));
      const replayed = await again.ask({ id: 'one', lastSeq: before.seq! });
      expect(replayed).toEqual(before);
      await again.close();
    } finally {
      expect(await second.end('SIGTERM')).toBe(0);
    }
  }, 120_000);

  it('npm start stops with a clear message where the port that was asked for is taken', async () => {
    const taken = createServer().listen(0, '0.0.0.0');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const variables = { PORT: String(port), DATA_DIR: folder.path, JWT_SECRET: TEST_SECRET };
    await expect(npmStart(variables)).rejects.toThrow(new RegExp(`port ${port} is taken; set PORT to a free one`));
    taken.close();
  }, 60_000);

  it('npm start stops with every fault of the environment, by name', async () => {
    const variables = { PORT: 'http', JWT_SECRT: 'x', RATE_LIMITS: 'of', DATA_DIR: folder.path };
    const failure = (await npmStart(variables).catch((error: unknown) => error)) as Error;
    expect(failure.message).toContain("PORT is 'http'; allowed: a whole number from 0 to 65535");
    expect(failure.message).toContain('JWT_SECRT is no variable of this gateway; did you mean JWT_SECRET?');
    expect(failure.message).toContain("RATE_LIMITS is 'of'; allowed: on, off");
  }, 60_000);
});
