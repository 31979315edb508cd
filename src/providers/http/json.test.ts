import { asCount, asObject, asText, parseJsonObject } from './json.js';

describe('what came over the wire', () => {
  it('is an object or nothing', () => {
    expect(parseJsonObject('{"a":1}')).toEqual({ a: 1 });
    expect(['{"a":', 'null', '[1]', '"x"', ''].map(parseJsonObject)).toEqual(Array(5).fill(undefined));
    expect(asObject([])).toBeUndefined();
  });

  it('is text only with something in it', () => {
    expect([asText('x'), asText(''), asText(1), asText(null)]).toEqual(['x', undefined, undefined, undefined]);
  });

  it('is a count only as a whole number, zero included', () => {
    expect([asCount(0), asCount(7)]).toEqual([0, 7]);
    expect([-1, 1.5, NaN, Infinity, '3', null, 2 ** 60].map(asCount)).toEqual(Array(7).fill(undefined));
  });
});
