import { writeFile } from 'node:fs/promises';
import { runCommand } from '../run-command.js';
import { readOptions, USAGE } from './options.js';
import { figuresOf, reportText } from './report.js';
import { runVideoChaos } from './run.js';

await runCommand({ readOptions, usage: USAGE }, async ({ figuresFile, ...options }, opens) => {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const result = await runVideoChaos(options, say, opens);
  process.stdout.write(reportText(result));
  const figures = figuresOf(result);
  if (figuresFile) await writeFile(figuresFile, JSON.stringify(figures, undefined, 2));
  return figures.violations;
});
