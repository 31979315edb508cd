import { isBase64 } from './base64.js';

describe('isBase64', () => {
  it.each(['AA==', 'AA', 'AAA=', 'AAA', 'AAAA', '+/9z', 'A'.repeat(20_000_000)])('takes %.20s', (text) => {
    expect(isBase64(text)).toBe(true);
  });

  it.each(['', '=', '==', 'A', 'A=', 'A===', 'AAAAA', 'AA AA', 'AAA\n', 'A=AA', '-_AA', `${'A'.repeat(1_000_000)}é`])(
    'refuses %.20j',
    (text) => expect(isBase64(text)).toBe(false),
  );
});
