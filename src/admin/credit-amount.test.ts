import fc from 'fast-check';
import { creditsNumber } from '../common/money/micro-credits.js';
import { creditAmount } from './credit-amount.js';

test('every amount that an account may have goes through JSON and back, exact', () => {
  const amounts = fc.bigInt({ min: 1n, max: 999_999_999_999_999n });
  fc.assert(
    fc.property(amounts, (amount) => {
      expect(creditAmount(JSON.parse(JSON.stringify(creditsNumber(amount))))).toBe(amount);
    }),
  );
});

test.each([NaN, Infinity, 0, -0, -1, 1e-7, 0.1234567, 0.1 + 0.2, 1e9, 1e21, '1', null, undefined, [1], 1n])(
  '%p is no amount to grant',
  (credits) => {
    expect(creditAmount(credits)).toBeUndefined();
  },
);
