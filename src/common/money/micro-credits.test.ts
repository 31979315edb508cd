import fc from 'fast-check';
import { creditsNumber, creditsText, MAX_MICRO_CREDITS, parseCredits, parseDecimal } from './micro-credits.js';

describe('micro-credits', () => {
  it('writes whole and broken credits without trailing zeros', () => {
    expect(creditsText(45_000_000n)).toBe('45');
    expect(creditsText(1n)).toBe('0.000001');
    expect(creditsText(1_500_000n)).toBe('1.5');
    expect(creditsText(0n)).toBe('0');
    expect(creditsText(-2_500_000n)).toBe('-2.5');
  });

  it('survives the way through JSON and a double, for every amount the ledger allows', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX_MICRO_CREDITS }), (amount) => {
        const throughJson = JSON.stringify(JSON.parse(creditsText(amount)));
        const plain = throughJson.includes('e') ? Number(throughJson).toFixed(6) : throughJson;
        expect(parseCredits(plain)).toBe(amount);
        expect(creditsNumber(amount)).toBe(Number(throughJson));
      }),
    );
  });

  it.each(['', '-1', '1e3', '1.', '.5', '1.0000001', 'NaN', ' 1', '١'])('refuses %j', (text) => {
    expect(() => parseCredits(text)).toThrow(RangeError);
  });

  it('scales by powers of ten exactly', () => {
    expect(parseDecimal('0.1', 9)).toBe(100_000_000n);
    expect(parseDecimal('30', 9)).toBe(30_000_000_000n);
  });
});
