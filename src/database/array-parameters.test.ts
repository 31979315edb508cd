import { numberList, optionalTextList, optionalTextsOf, textList, textsOf } from './array-parameters.js';

describe('arrays as parameters', () => {
  it('join texts by a character that none of them holds', () => {
    expect(textList(['user:a', '{"a":"\\"}'])).toBe('user:a\u001e{"a":"\\"}');
    expect(textsOf('$1')).toBe("string_to_array($1, E'\\x1e')");
  });

  it.each(['', 'a\u001eb'])('refuse %j, which could not be told from its neighbours', (text) => {
    expect(() => textList(['a', text])).toThrow(RangeError);
  });

  it('may leave texts out, and are nothing where all are', () => {
    expect(optionalTextList(['a', undefined])).toBe('a\u001e-');
    expect(optionalTextsOf('$1')).toBe("string_to_array($1, E'\\x1e', '-')");
    expect(optionalTextList([undefined, undefined])).toBeNull();
    expect(() => optionalTextList(['-'])).toThrow(RangeError);
  });

  it('write numbers as PostgreSQL does, beyond the range of a double too', () => {
    expect(numberList([1, -2])).toBe('{1,-2}');
    expect(numberList([9_007_199_254_740_993n])).toBe('{9007199254740993}');
  });
});
