import { WaitEstimate } from './wait-estimate.js';

describe('the estimate of a wait', () => {
  it('grows with the position and shrinks with the number of slots', () => {
    const estimate = new WaitEstimate(4);
    estimate.observe(2_000);
    expect([1, 2, 8].map((position) => estimate.waitMs(position))).toEqual([500, 1_000, 4_000]);
  });

  it('follows what it observes, though no single answer moves it far', () => {
    const estimate = new WaitEstimate(1);
    estimate.observe(1_000);
    estimate.observe(11_000);
    expect(estimate.waitMs(1)).toBe(2_000);
    for (let count = 0; count < 100; count++) estimate.observe(500);
    expect(estimate.waitMs(1)).toBeLessThan(510);
  });

  it('is never below 100 ms nor above a minute, and known before anything was observed', () => {
    const estimate = new WaitEstimate(10);
    expect(estimate.waitMs(4)).toBe(2_000);
    expect(estimate.waitMs(1_000)).toBe(60_000);
    estimate.observe(0);
    expect(estimate.waitMs(1)).toBe(100);
  });
});
