import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ACTS, DATABASE_ACTIONS, NOTED_ACTIONS } from '../../src/audit/audit-actions.js';
import { ERROR_CODES, type ErrorCode } from '../../src/common/errors/error-codes.js';
import { MESSAGE_FIELDS } from '../../src/compat/anthropic/message-fields.js';
import { CHAT_FIELDS } from '../../src/compat/openai/chat-fields.js';
import { VARIABLES, type VariableName } from '../../src/config/environment-variables.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { CLOSE_CODES } from '../../src/streaming/close-codes.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The cells of every table row whose first cell fits, without back ticks and padding. */
function rows(path: string, firstCell: RegExp): string[][] {
  const lines = read(path).split('\n');
  const cells = lines.filter((line) => line.startsWith('|')).map((line) => line.split(/(?<!\\)\|/).slice(1, -1));
  return cells
    .map((row) => row.map((cell) => cell.trim().replaceAll('`', '')))
    .filter(([first]) => firstCell.test(first!));
}

const yesOrNo = (code: ErrorCode) => (ERROR_CODES[code].isRetryable ? 'yes' : 'no');
const codes = Object.keys(ERROR_CODES) as ErrorCode[];
const ERROR_CODE = /^[A-Z]+(_[A-Z]+)*$/;

describe('the documents', () => {
  it('docs/errors.md gives each error code with its status, and whether trying again may help', () => {
    const told = rows('docs/errors.md', ERROR_CODE).map((row) => row.slice(0, 3));
    expect(told).toEqual(codes.map((code) => [code, String(ERROR_CODES[code].httpStatus), yesOrNo(code)]));
  });

  it('docs/protocol.md gives each error code, and whether trying again may help', () => {
    const [, section = ''] = read('docs/protocol.md').split('## Error codes');
    const told = rows('docs/protocol.md', ERROR_CODE).filter(([, second]) => /^(yes|no)$/.test(second!));
    expect(section).not.toBe('');
    expect(told.map((row) => row.slice(0, 2))).toEqual(codes.map((code) => [code, yesOrNo(code)]));
  });

  it.each([
    ['Fields of a chat', CHAT_FIELDS],
    ['Fields of a message', MESSAGE_FIELDS],
  ])('docs/rest.md has all %s', (heading, fields) => {
    const [, section = ''] = read('docs/rest.md').split(`### ${heading}`);
    const [told = ''] = section.split('\n## ');
    for (const name of Object.keys(fields)) expect(told).toContain(`\`${name}\``);
  });

  it('docs/protocol.md gives each close code, and no other', () => {
    const told = rows('docs/protocol.md', /^(1\d{3}|4[4-9]\d{2})$/).map(([code]) => Number(code));
    expect(told).toEqual(Object.values(CLOSE_CODES));
  });

  it('docs/protocol.md tells of refused handshakes by the status of their codes', () => {
    const told = rows('docs/protocol.md', /^[4-5]\d{2}$/).filter(([, code]) => ERROR_CODE.test(code!));
    expect(told.length).toBeGreaterThan(0);
    for (const [status, code] of told)
      expect([code, status]).toEqual([code, String(ERROR_CODES[code as ErrorCode].httpStatus)]);
  });

  it('docs/audit.md has every action of the trail, and no other', () => {
    const told = rows('docs/audit.md', /^[a-z]+\.[a-z.]+(, [a-z]+\.[a-z.]+)*$/).flatMap(([names]) =>
      names!.split(', '),
    );
    expect(told.sort()).toEqual([...ACTS, ...DATABASE_ACTIONS, ...NOTED_ACTIONS].sort());
  });

  it('docs/operations.md gives each variable, in the order of the table', () => {
    const told = rows('docs/operations.md', /^[A-Z]+(_[A-Z0-9]+)+$|^PORT$|^HOST$|^ENCRYPTION$/).map(([name]) => name);
    expect(told).toEqual(Object.keys(VARIABLES));
  });

  it.each(rows('docs/operations.md', /^[A-Z0-9_]+$/).filter(([name, value]) => name! in VARIABLES && value !== '–'))(
    'docs/operations.md gives the default of %s: %s',
    (name, value) => {
      const mode = name === 'NODE_ENV' ? {} : { NODE_ENV: 'test' };
      const { http, ...rest } = parseEnvironment({ ...mode, [name as VariableName]: value });
      expect({ http: { ...http, isPortGiven: false }, ...rest }).toEqual(parseEnvironment(mode));
    },
  );

  it.each(documents())('%s links to files that are there', (path) => {
    const links = [...read(path).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!);
    const missing = links.filter((target) => !existsSync(join(root, dirname(path), target)));
    expect(missing).toEqual([]);
  });
});

function documents(): string[] {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, withFileTypes: true });
  const paths = inDocs.filter((entry) => entry.name.endsWith('.md')).map((entry) => join(entry.parentPath, entry.name));
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...paths.map((path) => relative(root, path))];
}
