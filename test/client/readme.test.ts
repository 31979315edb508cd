import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestApp } from '../support/app.js';
import { startCommand } from '../support/command.js';

/** Runs the first program of a section of the README against a gateway of its own. */
async function runProgramOf(section: string, ...argv: string[]) {
  const readme = await readFile('client/README.md', 'utf8');
  const [, program] = /```js\n([^]*?)```/.exec(readme.slice(readme.indexOf(`## ${section}\n`)))!;
  const folder = await mkdtemp(join(tmpdir(), 'client-readme-'));
  const app = await startTestApp();
  try {
    const file = join(folder, 'program.mjs');
    await writeFile(file, program!);
    return await startCommand(file, argv, { HUB_URL: app.url, TOKEN: app.token('ann') }).ended;
  } finally {
    await app.close();
    await rm(folder, { recursive: true });
  }
}

it("the README's first answer in Node is one", async () => {
  expect(await runProgramOf('The first answer in Node')).toEqual({
    exitCode: 0,
    stderr: '',
    stdout: expect.stringMatching(/^You asked: "Say hello"[^]*\n[\d.]+ credits, by openai; [\d.]+ are left\n$/),
  });
});

it("the README's program with a tool has it called, and an answer after that", async () => {
  const question = 'What is the weather? [[sim tool=weather args={"city":"Oslo"}]]';
  expect(await runProgramOf('Tools', question)).toEqual({
    exitCode: 0,
    stderr: '',
    stdout: expect.stringMatching(/^weather\(\{"city":"Oslo"\}\)\n[^]*\w+/),
  });
});
