import { eventually } from '../../test/support/eventually.js';
import { Watchdog } from './watchdog.js';

/** Holds the event loop up, as a busy process does. */
function busyFor(durationMs: number): void {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs);
}

describe('the watchdog', () => {
  let expiredAtMs: number | undefined;
  const start = () => new Watchdog(() => (expiredAtMs = performance.now()));
  beforeEach(() => (expiredAtMs = undefined));

  it('barks when its deadline passes', async () => {
    const begunMs = performance.now();
    start().expectWithin(50);
    await eventually(() => expect(expiredAtMs).toBeDefined());
    expect(expiredAtMs! - begunMs).toBeGreaterThanOrEqual(49);
  });

  it('waits as long again when its deadline is moved, without a new timer', async () => {
    const begunMs = performance.now();
    const watchdog = start();
    watchdog.expectWithin(30);
    watchdog.expectWithin(150);
    await eventually(() => expect(expiredAtMs).toBeDefined());
    expect(expiredAtMs! - begunMs).toBeGreaterThanOrEqual(149);
  });

  it('takes a nearer deadline over a farther one', async () => {
    const begunMs = performance.now();
    const watchdog = start();
    watchdog.expectWithin(10_000);
    watchdog.expectWithin(30);
    await eventually(() => expect(expiredAtMs).toBeDefined());
    expect(expiredAtMs! - begunMs).toBeLessThan(1_000);
  });

  it('gives a provider the time back that our own process was busy', async () => {
    const begunMs = performance.now();
    start().expectWithin(20);
    busyFor(200);
    await eventually(() => expect(expiredAtMs).toBeDefined());
    expect(expiredAtMs! - begunMs).toBeGreaterThanOrEqual(215);
  });

  it('keeps still when it was stopped', async () => {
    const watchdog = start();
    watchdog.expectWithin(10);
    watchdog.stop();
    const later = start();
    later.expectWithin(60);
    await eventually(() => expect(expiredAtMs).toBeDefined());
    later.stop();
    expect(expiredAtMs).toBeDefined();
  });
});
