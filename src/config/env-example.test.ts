import { readFileSync } from 'node:fs';
import { VARIABLES, type VariableName } from './environment-variables.js';
import { parseEnvironment } from './environment.js';

/** The entries of .env.example: comment lines, then `NAME=`. */
function readEntries() {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const blocks = text.split(/\n{2,}/).filter((block) => /^[A-Z0-9_]+=/m.test(block));
  return blocks.map((block) => {
    const lines = block.trim().split('\n');
    const [name, value] = lines.at(-1)!.split('=');
    const fallback = lines.find((line) => line.startsWith('# Default: '))?.slice('# Default: '.length);
    return { name: name!, value, description: lines[0]!.slice(2), fallback };
  });
}

const FOR_COMPOSE_ALONE = ['POSTGRES_PASSWORD'];
const entries = readEntries();

describe('.env.example', () => {
  it('names every variable, in the order of the table', () => {
    expect(entries.map(({ name }) => name)).toEqual([...Object.keys(VARIABLES), ...FOR_COMPOSE_ALONE]);
  });

  it.each(entries.filter(({ name }) => name in VARIABLES))(
    'describes $name as the table does',
    ({ name, description, value }) => {
      expect(description).toBe(VARIABLES[name as VariableName].description);
      expect(value).toBe('');
    },
  );

  it.each(entries.filter(({ fallback }) => fallback !== undefined))(
    'tells the default of $name',
    ({ name, fallback }) => {
      const mode = name === 'NODE_ENV' ? {} : { NODE_ENV: 'test' };
      const expected = parseEnvironment(mode);
      const { http, ...rest } = parseEnvironment({ ...mode, [name]: fallback });
      expect({ http: { ...http, isPortGiven: false }, ...rest }).toEqual(expected);
    },
  );

  it('is no fault where it is used as it stands', () => {
    expect(() => parseEnvironment(Object.fromEntries(entries.map(({ name }) => [name, ''])))).not.toThrow();
  });
});
