import process from 'node:process';

/**
 * Preloaded into a process (`NODE_OPTIONS=--import …`), shifts its wall clock by CLOCK_SKEW_MS milliseconds: Date alone,
 * as a wrong clock does. performance.now() and timers go on as they were.
 */
const SKEW_MS = Number(process.env.CLOCK_SKEW_MS ?? 0);
const RealDate = Date;

class SkewedDate extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [RealDate.now() + SKEW_MS] : parts));
  }

  static now() {
    return RealDate.now() + SKEW_MS;
  }
}

/** `Date()` without `new` gives a text. */
globalThis.Date = new Proxy(SkewedDate, { apply: () => new SkewedDate().toString() });
