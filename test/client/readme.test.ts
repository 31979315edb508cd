import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestApp } from '../support/app.js';
import { startCommand } from '../support/command.js';

it("the README's first answer in Node is one", async () => {
  const [, program] = /## The first answer in Node[^]*?```js\n([^]*?)```/.exec(
    await readFile('client/README.md', 'utf8'),
  )!;
  const folder = await mkdtemp(join(tmpdir(), 'client-readme-'));
  const app = await startTestApp();
  try {
    const file = join(folder, 'first-answer.mjs');
    await writeFile(file, program!);
    const outcome = await startCommand(file, [], { HUB_URL: app.url, TOKEN: app.token('ann') }).ended;
    expect(outcome).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringMatching(/^You asked: "Say hello"[^]*\n[\d.]+ credits, by openai; [\d.]+ are left\n$/),
    });
  } finally {
    await app.close();
    await rm(folder, { recursive: true });
  }
});
