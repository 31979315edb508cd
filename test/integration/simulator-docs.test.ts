import { readFileSync } from 'node:fs';
import { DIRECTIVE_KEYS } from '../../src/simulator/script-directive.js';
import { FAULT_NAMES } from '../../src/simulator/faults/fault-names.js';

const text = readFileSync(new URL('../../docs/simulator.md', import.meta.url), 'utf8');

describe('docs/simulator.md', () => {
  it('gives each key of a script, and no other', () => {
    const told = [...text.matchAll(/^\| `([a-z-]+)` /gm)].map(([, key]) => key);
    expect(told).toEqual(DIRECTIVE_KEYS);
  });

  it('gives each fault', () => {
    const [, faults = ''] = text.split('## Faults');
    for (const name of FAULT_NAMES) expect(faults).toContain(`\`${name}\``);
  });
});
