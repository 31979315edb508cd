import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readOptions, USAGE, type CommandOptions } from './options.js';
import { figuresOf, reportText, type Figures } from './report.js';
import { runChaos, type ChaosResult } from './run.js';
import { runCommand } from './run-command.js';
import type { Stage } from './stage/stage.js';

const HISTORY_FOLDER = '.data/chaos';

/** Plays every seed, one after the other. @returns how many violations there were */
async function main(
  { seeds, figuresFile, keepsHistory, ...options }: CommandOptions,
  opens: (stage: Promise<Stage>) => void,
): Promise<number> {
  const figures: Figures[] = [];
  for (const seed of seeds) {
    const say = (line: string) => process.stderr.write(`[${seed}] ${line}\n`);
    const result = await runChaos({ ...options, seed, say }, opens);
    figures.push(figuresOf(result));
    process.stdout.write(reportText(result));
    if (keepsHistory || result.violations.length > 0) say(`the history is in ${await keepHistory(result)}`);
  }
  if (figuresFile) await writeFile(figuresFile, JSON.stringify(figures, undefined, 2));
  return figures.reduce((sum, { violations }) => sum + violations, 0);
}

/** For whoever looks for the cause: the faults, and of every request what was planned, seen and kept. */
async function keepHistory({ options, violations, history, stored, log }: ChaosResult): Promise<string> {
  await mkdir(HISTORY_FOLDER, { recursive: true });
  const file = join(HISTORY_FOLDER, `seed-${options.seed}-${Date.now()}.json`);
  const requests = [...history.requests.values()].map((record) => ({
    ...record,
    stored: stored?.requests.get(record.plan.id),
    generations: stored?.generations.get(record.plan.model),
  }));
  const whole = {
    violations,
    faults: history.faults,
    grants: history.grants,
    log,
    accounts: stored?.accounts,
    requests,
  };
  await writeFile(
    file,
    JSON.stringify(whole, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  );
  return file;
}

await runCommand({ readOptions, usage: USAGE }, main);
