import { toolUseBlock } from './tool-use-block.js';

const inputOf = (text: string) => toolUseBlock({ id: 'c', name: 'f', arguments: text }, 0).input;

describe('toolUseBlock', () => {
  it('parses the arguments', () => {
    expect(toolUseBlock({ id: 'c', name: 'f', arguments: '{"a":[1]}' }, 0)).toEqual({
      type: 'tool_use',
      id: 'c',
      name: 'f',
      input: { a: [1] },
    });
  });

  it.each(['', ' '])('takes %j for no arguments', (text) => expect(inputOf(text)).toEqual({}));

  it.each(['{"a":', '[1]', '5', 'null', 'no JSON'])('shows %j as what it is', (text) => {
    expect(inputOf(text)).toEqual({ INVALID_JSON: text });
  });

  it('gives an id to a call that has none', () => {
    expect(toolUseBlock({ id: '', name: 'f', arguments: '{}' }, 2).id).toBe('toolu_2');
  });
});
