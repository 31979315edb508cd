import type { ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PinoLogger } from '../../../src/common/logging/pino-logger.js';
import { textsIn } from './texts-in.js';

/** Everything that may be logged is, and log-check.js looks through it at the end of the run. */
export const SUITE_LOG_LEVEL = 'trace';

/** A logger for an application in this process: its lines go to the run's folder of logs. */
export function suiteLogger(): PinoLogger {
  return new PinoLogger(SUITE_LOG_LEVEL, { write: (line) => append('log', line) });
}

/** Keeps what a gateway or worker prints that runs as a process of its own. */
export function keepOutput({ pid, stdout, stderr }: Pick<ChildProcess, 'pid' | 'stdout' | 'stderr'>): void {
  stdout?.on('data', (chunk: Buffer) => append(`${pid}.out`, chunk));
  stderr?.on('data', (chunk: Buffer) => append(`${pid}.err`, chunk));
}

/** Notes what no log may have in it: the texts of a request, or of what a provider answers. */
export function noteTexts(said: unknown): void {
  const fresh = textsIn(said).filter((text) => !noted.has(text));
  if (fresh.length === 0) return;
  for (const text of fresh) noted.add(text);
  append('texts', fresh.map((text) => `${JSON.stringify(text)}\n`).join(''));
}

const noted = new Set<string>();

/** One file of each kind for each test file. Outside a run of the suite nothing is kept. */
function append(kind: string, text: string | Buffer): void {
  const folder = process.env['TEST_LOG_FOLDER'];
  if (folder === undefined) return;
  const program = relative(process.cwd(), testPath() ?? process.argv[1]!);
  appendFileSync(join(folder, `${program.replaceAll('/', '+')}.${kind}`), text);
}

/** Of the test file that runs; undefined in a program that a test runs, such as chaos. */
function testPath(): string | undefined {
  return (globalThis as { expect?: jest.Expect }).expect?.getState().testPath;
}
