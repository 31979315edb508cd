import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLogs } from './log-check.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-check-'));
});
afterEach(() => rm(folder, { recursive: true }));

const line = (msg: string, fields: object = {}) =>
  `${JSON.stringify({ level: 30, time: 1, pid: 2, msg, ...fields })}\n`;

async function findings(files: Record<string, string>): Promise<string[]> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return (await checkLogs(folder)).findings;
}

test('lines of JSON without anybody’s words are well, and so is what a gateway says at its start', async () => {
  expect(
    await findings({
      'a.test.ts.log': line('An answer is over: done', { requestId: 'r', credits: 0.5 }),
      'a.test.ts.1.out': `\nThe MCP server is ready.\n  Token      eyJhbGciOiJIUzI1NiJ9.eyJzdWIi\n${line('ready')}`,
      'a.test.ts.texts': '"what somebody asked a model"\n',
    }),
  ).toEqual([]);
});

test.each([
  ['a token', `It was eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJh`],
  ['a token', 'authorization: bearer 0123456789abcdef'],
  ['a key', 'Incorrect API key provided: sk-1234567'],
  ['a key', 'secret whsec_AAAAAAAAAAAA'],
  ['a secret', 'a secret of more than thirty-two bytes'],
  ['a password', 'postgresql://gateway:hidden@127.0.0.1/x'],
  ['a ticket', 'GET /mcp?ticket=0123456789'],
  ['a prompt', 'hi [[sim chunks=3]]'],
  ['a simulated answer', 'You asked: "hi"'],
  ['a text of a user or a provider', 'It failed for what somebody asked a machine'],
])('%s is found wherever it stands: %s', async (what, leak) => {
  const said = { 'a.test.ts.texts': '"what somebody asked a model"\n' };
  for (const files of [
    { 'a.test.ts.log': line('well') + line(leak) },
    { 'a.test.ts.log': line('well') + line('It failed', { stack: { deep: [leak] } }) },
    { 'a.test.ts.log': line('well') + line('well'), 'b.test.ts.1.err': `one\n${leak}\n` },
  ]) {
    const found = await findings({ ...said, ...files });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(what);
    expect(found[0]).toMatch(/ in [ab]\.test\.ts\.(log|1\.err):2: /);
    await rm(join(folder, 'b.test.ts.1.err'), { force: true });
  }
});

test('a line that is no JSON object is found, unless its process died amid it', async () => {
  expect(await findings({ 'a.test.ts.log': 'broken\n' + '{"level":30,"ms' })).toEqual([
    'no JSON object in a.test.ts.log:1: broken',
  ]);
  expect(await findings({ 'a.test.ts.log': '[1]\n' })).toHaveLength(1);
});
