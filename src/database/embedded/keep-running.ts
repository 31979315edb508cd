/** How often we look whether the server lives, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

export interface Watch {
  /** Ends the watch; what it was just doing is done first. */
  end(): Promise<void>;
}

/**
 * Starts a server again that ended without us (the system ran out of memory, somebody killed it): the connections of
 * the pools come back by themselves, to the same port. Does not keep the process alive.
 */
export function keepRunning(
  isRunning: () => Promise<boolean>,
  restart: () => Promise<void>,
  log: (line: string) => void,
): Watch {
  let current = Promise.resolve();
  let isLooking = false;
  const look = async () => {
    try {
      if (await isRunning()) return;
      log('embedded Postgres: the server is gone; starting it again');
      await restart();
    } catch (error) {
      log(`embedded Postgres: not started again yet (${(error as Error).message})`);
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    current = look();
  }, LOOK_EVERY_MS).unref();
  return {
    end: () => {
      clearInterval(timer);
      return current;
    },
  };
}
