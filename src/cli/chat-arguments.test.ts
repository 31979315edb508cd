import { ArgumentsError } from './arguments-error.js';
import { parseChatArguments } from './chat-arguments.js';

const DEFAULTS = { text: 'hi', model: 'gpt-4o', provider: 'auto', isStreamed: true };

describe('arguments of the chat command', () => {
  test.each([
    [['hi'], DEFAULTS],
    [['--model', 'gpt-4', 'hi', '--provider=claude'], { ...DEFAULTS, model: 'gpt-4', provider: 'claude' }],
    [['hi', '--no-stream', '--system', 'be brief'], { ...DEFAULTS, isStreamed: false, system: 'be brief' }],
    [
      ['hi', '--url', 'wss://hub.example/mcp', '--token', 't'],
      { ...DEFAULTS, url: 'wss://hub.example/mcp', token: 't' },
    ],
    [['--', '--model'], { ...DEFAULTS, text: '--model' }],
  ])('%j are understood', (args, expected) => {
    expect(parseChatArguments(args)).toEqual({ system: undefined, url: undefined, token: undefined, ...expected });
  });

  test.each([
    [[], 'text is missing'],
    [[''], 'text is missing'],
    [['two', 'words'], 'in quotes'],
    [['hi', '--url', 'http://localhost'], '--url is'],
    [['hi', '--token='], '--token is empty'],
    [['hi', '--modell', 'x'], "'--modell'"],
  ])('%j are refused', (args, text) => {
    expect(() => parseChatArguments(args)).toThrow(ArgumentsError);
    expect(() => parseChatArguments(args)).toThrow(text);
  });
});
