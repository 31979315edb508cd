import type { Figures } from '../report.js';
import { MUTANTS, type Hunt, type Mutant } from './mutant-list.js';
import { Workshop } from './workshop.js';

const FIGURES_FILE = 'figures.json';
/** A fault may need luck to show itself: so many seeds are tried. */
const SEEDS = [1, 2, 3];
const HOOKS = ['--no-warnings', '--import', './test/support/typescript-hooks.js'];

interface Verdict {
  isKilled: boolean;
  /** What killed it, or why it lives. */
  by: string;
}

/** Makes a mutant in a copy of the checkout and hunts it. */
async function hunt({ name, hunt }: Mutant): Promise<Verdict> {
  const workshop = await Workshop.open();
  try {
    await workshop.make(name);
    return hunt.by === 'jest' ? await huntWithTest(workshop, hunt.file) : await huntWithChaos(workshop, hunt);
  } catch (error) {
    return { isKilled: false, by: (error as Error).message };
  } finally {
    await workshop.close();
  }
}

async function huntWithTest(workshop: Workshop, file: string): Promise<Verdict> {
  const env = { NODE_OPTIONS: '--no-warnings' };
  const { exitCode, output } = await workshop.run(['node_modules/jest/bin/jest.js', '-i', file], env);
  const hasRun = /^Tests: +.*\d+ failed/m.test(output);
  return { isKilled: exitCode !== 0 && hasRun, by: hasRun ? file : `${file} did not fail: ${output.slice(-500)}` };
}

async function huntWithChaos(workshop: Workshop, hunt: Hunt & { by: 'chaos' }): Promise<Verdict> {
  let last = '';
  for (const seed of SEEDS) {
    const run = ['--seed', String(seed), '--seconds', String(hunt.seconds), '--regime', hunt.regime];
    const args = [...HOOKS, 'test/chaos/main.ts', ...run, '--until-first', '--figures', FIGURES_FILE];
    const { exitCode, output } = await workshop.run(args);
    if (exitCode !== 0 && exitCode !== 1)
      return { isKilled: false, by: `the run itself failed: ${output.slice(-500)}` };
    const [figures] = JSON.parse(await workshop.read(FIGURES_FILE)) as [Figures];
    const rule = figures.rules.find((broken) => hunt.rules.includes(broken));
    if (rule) return { isKilled: true, by: `${rule} (seed ${seed})` };
    last = figures.rules.join(', ') || 'nothing';
  }
  return { isKilled: false, by: `seeds ${SEEDS.join(', ')} broke ${last}` };
}

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !MUTANTS.some((mutant) => mutant.name === name));
if (unknown !== undefined) {
  process.stderr.write(`No mutant '${unknown}'; there are: ${MUTANTS.map(({ name }) => name).join(', ')}\n`);
  process.exit(64); // EX_USAGE of sysexits.h
}
let survivors = 0;
for (const mutant of MUTANTS) {
  if (wanted.length > 0 && !wanted.includes(mutant.name)) continue;
  const begunMs = performance.now();
  const { isKilled, by } = await hunt(mutant);
  if (!isKilled) survivors++;
  const seconds = Math.round((performance.now() - begunMs) / 1_000);
  process.stdout.write(`${isKilled ? 'killed' : 'ALIVE '}  ${mutant.name.padEnd(26)}${by}  (${seconds} s)\n`);
}
process.exit(survivors === 0 ? 0 : 1);
