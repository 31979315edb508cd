import { styledPrompt } from './styled-prompt.js';

test.each([
  ['a cat', undefined, 'a cat'],
  ['a cat', 'film noir', 'a cat\n\nStyle: film noir'],
  ['', 'film noir', 'Style: film noir'],
])('a prompt with its style: %j, %j', (prompt, style, expected) => {
  expect(styledPrompt(prompt, style)).toBe(expected);
});
