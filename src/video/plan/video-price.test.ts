import * as fc from 'fast-check';
import { amountOfFrames, amountOfSeconds, creditsOf, priceOfSecond } from './video-price.js';

describe('the price of a video', () => {
  it.each([
    ['0.1', '2000', '200'],
    ['0.12', '2000', '240'],
    ['0.000001', '0.000001', '0.000000000001'],
    ['0.7', '1999.5', '1399.65'],
  ])('is %s dollars at %s credits a dollar: %s credits a second', (usd, creditsPerUsd, credits) => {
    expect(creditsOf(usd, creditsPerUsd)).toBe(credits);
  });

  it.each([
    ['200', 8, 1_600_000_000n],
    ['200', 7.5, 1_500_000_000n],
    ['0.000000000001', 1, 1n],
    ['0.000000000001', 0, 0n],
    ['0.0000001', 10, 1n],
    ['0.0000001', 11, 2n],
    ['240', 8.0416667, 1_930_000_080n],
  ])('at %s credits a second is for %s s: %s micro-credits, rounded once, up', (price, seconds, amount) => {
    expect(amountOfSeconds({ creditsPerSecond: price }, seconds)).toBe(amount);
  });

  it.each([
    ['24', 1, 24_000_000n],
    ['24', 7_200, 172_800_000_000n],
    ['0.0000001', 11, 2n],
    ['0.0000001', 0, 0n],
  ])(
    'at %s credits a frame is for %s frames: %s micro-credits, rounded once, up',
    (creditsPerFrame, frames, amount) => {
      expect(amountOfFrames({ creditsPerFrame }, frames)).toBe(amount);
    },
  );

  it.each([
    ['0.012', 240, 8, '0.36'],
    ['0.012', 1_920, 8, '2.88'],
    ['0.012', 10, 3, '0.04'],
    ['0.000001', 10, 3, '0.000004'],
  ])('at %s dollars a frame, %s of them in %s s, is shown as %s dollars a second', (usd, frames, seconds, shown) => {
    expect(priceOfSecond(usd, frames, seconds, 6)).toBe(shown);
  });

  it('never grows by delivering less, and all of it costs what was planned', () => {
    const usd = fc.integer({ min: 0, max: 100_000_000 }).map((micro) => (micro / 1e6).toFixed(6));
    fc.assert(
      fc.property(
        usd,
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (price, seconds, part) => {
          const choice = { creditsPerSecond: creditsOf(price, '2000') };
          const whole = amountOfSeconds(choice, seconds);
          expect(amountOfSeconds(choice, seconds * part) <= whole).toBe(true);
          expect(whole).toBe(BigInt(price.replace('.', '')) * 2_000n * BigInt(seconds));
        },
      ),
    );
  });
});
