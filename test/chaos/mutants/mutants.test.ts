import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MUTANTS } from './mutant-list.js';
import { whyItDoesNotApply } from './workshop.js';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

describe('the mutants of the chaos run', () => {
  it.each(MUTANTS.map(({ name }) => name))('%s still fits the sources (else make its patch anew)', async (name) => {
    expect(await whyItDoesNotApply(name)).toBe('');
  });

  it('are all listed', async () => {
    const patches = (await readdir(FOLDER)).filter((name) => name.endsWith('.patch'));
    expect(patches.sort()).toEqual(MUTANTS.map(({ name }) => `${name}.patch`).sort());
  });
});
