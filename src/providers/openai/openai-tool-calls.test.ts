import type { StreamPart } from '../contract/stream-part.js';
import { OpenAiToolCalls } from './openai-tool-calls.js';

/** The calls as they come out, put together. */
function read(...deltas: unknown[][]) {
  const calls = new OpenAiToolCalls();
  const parts: StreamPart[] = [];
  for (const delta of deltas) calls.read(delta, parts);
  const whole: { id?: string | undefined; name?: string | undefined; text: string }[] = [];
  for (const part of parts) {
    if (part.type !== 'tool-call-delta') continue;
    whole[part.index] ??= { id: part.id, name: part.name, text: '' };
    whole[part.index]!.text += part.argumentsText;
  }
  return { parts, whole };
}
const begin = (name: string, more: object = {}) => ({ type: 'function', function: { name, arguments: '' }, ...more });
const piece = (text: string, more: object = {}) => ({ function: { arguments: text }, ...more });

describe('OpenAiToolCalls', () => {
  it('reads calls in pieces, as OpenAI sends them', () => {
    const { parts, whole } = read(
      [begin('f', { index: 0, id: 'a' })],
      [piece('{"x"', { index: 0 })],
      [piece(':1}', { index: 0 })],
      [begin('g', { index: 1, id: 'b' })],
      [piece('{}', { index: 1 })],
    );
    expect(whole).toEqual([
      { id: 'a', name: 'f', text: '{"x":1}' },
      { id: 'b', name: 'g', text: '{}' },
    ]);
    expect(parts[0]).toEqual({ type: 'tool-call-delta', index: 0, id: 'a', name: 'f', argumentsText: '' });
  });

  it('tells calls apart by their ids where all are numbered 0', () => {
    const call = (id: string, name: string) => ({ index: 0, id, function: { name, arguments: '{"a":1}' } });
    expect(read([call('a', 'f')], [call('b', 'f')]).whole).toMatchObject([{ id: 'a' }, { id: 'b', text: '{"a":1}' }]);
  });

  it('reads several whole calls of one delta without number or id', () => {
    const call = (name: string, argument: string) => ({ function: { name, arguments: argument } });
    const { whole } = read([call('f', '{"a":1}'), call('f', '{"a":2}'), call('g', '{}')]);
    expect(whole.map(({ name, text }) => [name, text])).toEqual([
      ['f', '{"a":1}'],
      ['f', '{"a":2}'],
      ['g', '{}'],
    ]);
    expect(new Set(whole.map(({ id }) => id)).size).toBe(3);
  });

  it('goes on with the last call where pieces have no number', () => {
    const { whole } = read([begin('f', { id: 'a' })], [piece('{"a"')], [piece(':1}')]);
    expect(whole).toEqual([{ id: 'a', name: 'f', text: '{"a":1}' }]);
  });

  it('takes an id and a name that come with every piece for one call', () => {
    const again = (text: string, id?: string) => ({ ...(id ? { id } : {}), function: { name: 'f', arguments: text } });
    expect(read([again('{"a"', 'x')], [again(':1}', 'x')]).whole).toEqual([{ id: 'x', name: 'f', text: '{"a":1}' }]);
    expect(read([again('{"a"')], [again(':1}')]).whole).toMatchObject([{ name: 'f', text: '{"a":1}' }]);
  });

  it('takes arguments that are an object', () => {
    expect(read([{ index: 0, function: { name: 'f', arguments: { a: 1 } } }]).whole).toMatchObject([
      { text: '{"a":1}' },
    ]);
  });

  it('passes over the rest of a call that nobody began, and over what is no call', () => {
    expect(read([piece('{}', { index: 3 }), null, 'x', {}]).whole).toEqual([]);
  });

  it('reads the one call of the time before tools', () => {
    const calls = new OpenAiToolCalls();
    const parts: StreamPart[] = [];
    for (const value of [{ name: 'f', arguments: '' }, { arguments: '{"a"' }, { arguments: ':1}' }])
      calls.readLegacy(value, parts);
    expect(parts).toMatchObject([{ index: 0, name: 'f' }, { argumentsText: '{"a"' }, { argumentsText: ':1}' }]);
  });
});
