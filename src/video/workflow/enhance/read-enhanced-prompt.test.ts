import { readEnhancedPrompt } from './read-enhanced-prompt.js';

describe('readEnhancedPrompt', () => {
  it.each([
    ['{"prompt":"A cat"}', 'A cat'],
    ['{"prompt":" A cat\\r\\nand a dog ", "more": 1}', 'A cat\nand a dog'],
    ['{"prompt":"猫 🐈"}', '猫 🐈'],
  ])('takes %s', (answer, prompt) => {
    expect(readEnhancedPrompt(answer, 20)).toBe(prompt);
  });

  it.each([
    'A cat',
    '',
    'null',
    '[]',
    '{"prompt":1}',
    '{"text":"A cat"}',
    '{"prompt":"  "}',
    `{"prompt":"${'x'.repeat(21)}"}`,
    '{"prompt":"a\\u0000b"}',
    '{"prompt":"a\\u001b[2Jb"}',
    '{"prompt":"a\\ud800"}',
    '{"prompt":"a\\u202eb"}',
    '{"prompt":"A cat"',
  ])('refuses %j', (answer) => {
    expect(readEnhancedPrompt(answer, 20)).toBeUndefined();
  });
});
