import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { readOptions, USAGE, type VideoCommandOptions } from './options.js';
import { figuresOf, reportText } from './report.js';
import { runVideoChaos } from './run.js';
import type { VideoStage } from './video-stage.js';

/** What is to be taken down however this process ends. */
let opening: Promise<VideoStage> | undefined;

/** @returns how many violations there were */
async function main({ figuresFile, ...options }: VideoCommandOptions): Promise<number> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const result = await runVideoChaos(options, say, (stage) => {
    opening = stage;
  });
  process.stdout.write(reportText(result));
  const figures = figuresOf(result);
  if (figuresFile) await writeFile(figuresFile, JSON.stringify(figures, undefined, 2));
  return figures.violations;
}

/** Ends what was started, then this process. */
async function endEarly(exitCode: number): Promise<never> {
  const stage = await opening?.catch(() => undefined);
  await stage?.close().catch(() => undefined);
  process.exit(exitCode);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => void endEarly(128 + constants.signals[signal]));
process.once('uncaughtException', (error) => {
  process.stderr.write(`${error.stack}\n`);
  void endEarly(70); // EX_SOFTWARE of sysexits.h
});

let options: VideoCommandOptions;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${USAGE}`);
  process.exit(64); // EX_USAGE of sysexits.h
}
process.exit((await main(options)) === 0 ? 0 : 1);
