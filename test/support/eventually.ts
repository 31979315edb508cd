import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 20;

/** Repeats the look until it does not throw any more; gives what it gave. @throws its last error after `withinMs`. */
export async function eventually<T>(look: () => T | Promise<T>, withinMs = 20_000, pauseMs = PAUSE_MS): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(pauseMs);
    }
  }
}
