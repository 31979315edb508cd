import { nearestName, similarName } from './nearest-name.js';

const KNOWN = ['id', 'maxTokens', 'temperature', 'clampToBalance'];

test.each([
  ['maxTokes', 'maxTokens'],
  ['max_tokens', 'maxTokens'],
  ['ids', 'id'],
  ['clampBalance', 'clampToBalance'],
])('%s resembles %s', (name, similar) => {
  expect(similarName(name, KNOWN)).toBe(similar);
});

test.each(['background', 'toolChoice', 'user', 'x'.repeat(100), ''])("'%s' resembles nothing that is far", (name) => {
  expect(similarName(name, ['maxTokens', 'temperature'])).toBeUndefined();
});

test('nothing resembles anything where nothing is known', () => {
  expect(similarName('id', [])).toBeUndefined();
});

test('the nearest is named however far it is', () => {
  expect(nearestName('background', KNOWN)).not.toBe('');
  expect(nearestName('maxTokes', KNOWN)).toBe('maxTokens');
});
