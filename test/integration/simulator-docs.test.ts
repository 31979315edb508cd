import { readFileSync } from 'node:fs';
import { DIRECTIVE_KEYS } from '../../src/simulator/script-directive.js';
import { FAULT_NAMES } from '../../src/simulator/faults/fault-names.js';
import { VIDEO_DIRECTIVE_KEYS } from '../../src/simulator/video/video-directive.js';
import { VIDEO_ENDS, VIDEO_FAULTS } from '../../src/simulator/video/video-script.js';

/** The keys in the first column of a table, in their order. */
const keysIn = (part: string) =>
  [...part.matchAll(/^\| (`[a-z-]+`(?:, `[a-z-]+`)*) /gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([a-z-]+)`/g)].map(([, key]) => key),
  );

const text = readFileSync(new URL('../../docs/simulator.md', import.meta.url), 'utf8');

describe('docs/simulator.md', () => {
  it('gives each key of a script, and no other', () => {
    expect(keysIn(text.split('## Videos')[0]!)).toEqual(DIRECTIVE_KEYS);
    expect(keysIn(text.split('## Videos')[1]!)).toEqual(VIDEO_DIRECTIVE_KEYS);
  });

  it('gives each fault', () => {
    const [, faults = ''] = text.split('## Faults');
    for (const name of FAULT_NAMES) expect(faults).toContain(`\`${name}\``);
    const [, videos = ''] = text.split('## Videos');
    const names = [...VIDEO_ENDS, ...Object.values(VIDEO_FAULTS).flat()];
    for (const name of names) expect(videos).toContain(`\`${name}\``);
  });
});
