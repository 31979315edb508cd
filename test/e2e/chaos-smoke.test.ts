import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figures } from '../chaos/report.js';

const SECONDS = 30;
/** What even a slow machine gets through; on a fast one it is many times as much. */
const LEAST = { requests: 300, held: 200, done: 50, kills: 3 };
const ENDS_WITHIN_MS = 300_000;

/** One seed of the chaos run, as `npm run chaos` plays it: docs/chaos.md says what it breaks and checks. */
describe('the whole system while it is being broken', () => {
  it(
    'charges exactly, tells no wrong text, and leaves nothing stuck',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'gateway-smoke-'));
      try {
        const figuresFile = join(folder, 'figures.json');
        const run = ['--seed', '7', '--seconds', String(SECONDS), '--rate', '15', '--figures', figuresFile];
        const { exitCode, output } = await chaos(run);
        const [figures] = JSON.parse(await readFile(figuresFile, 'utf8').catch(() => '[]')) as Figures[];
        expect({ exitCode, rules: figures?.rules, output }).toEqual({ exitCode: 0, rules: [], output });
        for (const [name, least] of Object.entries(LEAST))
          expect({ [name]: figures![name as keyof typeof LEAST] >= least, output }).toEqual({ [name]: true, output });
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    ENDS_WITHIN_MS,
  );
});

function chaos(args: string[]): Promise<{ exitCode: number; output: string }> {
  const { NODE_OPTIONS: _, ...env } = process.env; // jest's own
  const program = ['--no-warnings', '--import', './test/support/typescript-hooks.js', 'test/chaos/main.ts', ...args];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, program, { env }, (_error, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? 1, output: stdout + stderr }),
    );
  });
}
