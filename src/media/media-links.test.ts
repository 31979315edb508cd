import { createHmac } from 'node:crypto';
import { MediaLinks } from './media-links.js';

const NOW = 1_800_000_000_500;
const links = (secret = 'secret', base = '', clock = NOW) => new MediaLinks(secret, base, () => clock);

function parts(link: string): { key: string; exp: string; sig: string } {
  const url = new URL(link, 'http://host');
  return {
    key: url.pathname.replace('/media/', ''),
    exp: url.searchParams.get('exp')!,
    sig: url.searchParams.get('sig')!,
  };
}

const isGood = (given: { key: string; exp: unknown; sig: unknown }, by = links()) => {
  try {
    by.verify(given.key, given);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'FORBIDDEN' });
    return false;
  }
};

test('a link stands behind its base', () => {
  expect(links().sign('a.mp4', 1_000)).toMatch(/^\/media\/a\.mp4\?exp=1800000002&sig=[A-Za-z0-9_-]{43}$/);
  expect(links('secret', 'https://cdn.example/x').sign('a.mp4', 1_000)).toMatch(/^https:\/\/cdn\.example\/x\/media\/a/);
});

test('is good until it expires, to the second', () => {
  const given = parts(links().sign('a.mp4', 60_000));
  expect(links().verify(given.key, given)).toBe(60_500);
  expect(isGood(given, links('secret', '', 1_800_000_060_999))).toBe(true);
  expect(isGood(given, links('secret', '', 1_800_000_061_000))).toBe(false);
});

test('is good for that file, that moment and that secret alone', () => {
  const given = parts(links().sign('a.mp4', 60_000));
  expect(isGood(given)).toBe(true);
  expect(isGood({ ...given, key: 'b.mp4' })).toBe(false);
  expect(isGood({ ...given, exp: String(Number(given.exp) + 1) })).toBe(false);
  expect(isGood(given, links('another secret'))).toBe(false);
});

test('a key and an expiry can not be told apart otherwise', () => {
  const given = parts(links().sign('a.mp4', 60_000));
  expect(isGood({ ...given, key: `a.mp4\n${given.exp}`, exp: '1' })).toBe(false);
  expect(isGood({ ...given, key: 'a.mp', exp: `4${given.exp}` })).toBe(false);
});

test.each([
  ['cut short', (sig: string) => sig.slice(0, -1)],
  ['empty', () => ''],
  ['longer', (sig: string) => `${sig}A`],
  ['padded', (sig: string) => `${sig}=`],
  ['another text of the same bytes', (sig: string) => sig.slice(0, -1) + neighbour(sig.at(-1)!)],
  ['not ASCII', (sig: string) => `é${sig.slice(1)}`],
  ['a list', (sig: string) => [sig]],
  ['absent', () => undefined],
])('a signature that is %s is none', (_name, change) => {
  const given = parts(links().sign('a.mp4', 60_000));
  expect(isGood({ ...given, sig: change(given.sig) })).toBe(false);
});

test.each([
  '',
  '0',
  '-1',
  '1e99',
  '01800000100',
  '9'.repeat(400),
  '0x6b49d200',
  '1800000100.5',
  ' 1800000100',
  'NaN',
  ['1800000100'],
  undefined,
])('an expiry of %j is none, whoever signed it', (exp) => {
  const sig = createHmac('sha256', 'secret')
    .update(`media-link\na.mp4\n${String(exp)}`)
    .digest('base64url');
  expect(isGood({ key: 'a.mp4', exp, sig })).toBe(false);
});

/** The last of 43 characters stands for 4 bits of its 6. */
function neighbour(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(character) ^ 1]!;
}
