import { baseModel } from './base-model.js';

test.each([
  ['gpt-4.1-2025-04-14', 'gpt-4.1'],
  ['gpt-4-0613', 'gpt-4'],
  ['claude-sonnet-4-20250514', 'claude-sonnet-4'],
  ['claude-3-5-haiku-latest', 'claude-3-5-haiku'],
  ['gpt-4', 'gpt-4'],
  ['claude-sonnet-4-5', 'claude-sonnet-4-5'],
  ['llama-3.1-405b', 'llama-3.1-405b'],
  ['model-2048', 'model-2048'],
  ['gpt-4-1106-preview', 'gpt-4-1106-preview'],
])('%s is %s', (model, base) => {
  expect(baseModel(model)).toBe(base);
});
