import { jest } from '@jest/globals';
import { Liveness } from './liveness.js';

const OPTIONS = { silenceMs: 1_000, signWithinMs: 300 };
let asked: number;
let died: number;
let liveness: Liveness;
beforeEach(() => {
  jest.useFakeTimers();
  [asked, died] = [0, 0];
  liveness = new Liveness(
    OPTIONS,
    () => asked++,
    () => died++,
  );
  liveness.heard();
  liveness.start();
});
afterEach(() => {
  jest.useRealTimers();
});
const pass = (ms: number) => jest.advanceTimersByTime(ms);

test('a connection that speaks is left alone', () => {
  for (let round = 0; round < 10; round++) {
    pass(900);
    liveness.heard();
  }
  expect([asked, died]).toEqual([0, 0]);
});

test('a silent one is asked, and dead where it does not answer', () => {
  pass(1_000);
  expect([asked, died]).toEqual([1, 0]);
  pass(299);
  expect(died).toBe(0);
  pass(1);
  expect([asked, died]).toEqual([1, 1]);
  pass(10_000);
  expect([asked, died]).toEqual([1, 1]);
});

test('a silent one that answers is asked again after the next silence', () => {
  for (let round = 1; round <= 3; round++) {
    pass(1_000);
    pass(200);
    liveness.heard();
    expect([asked, died]).toEqual([round, 0]);
  }
});

test('a doubted one is asked at once, and once', () => {
  liveness.doubt();
  liveness.doubt();
  expect(asked).toBe(1);
  pass(300);
  expect(died).toBe(1);
});

test('one that nobody needs is not asked; after a long rest it is, at once', () => {
  liveness.stop();
  liveness.doubt();
  pass(60_000);
  expect([asked, died]).toEqual([0, 0]);
  liveness.start();
  pass(0);
  expect(asked).toBe(1);
});
