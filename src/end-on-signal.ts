import { Logger, type INestApplicationContext } from '@nestjs/common';

/**
 * Closes the application on SIGTERM or SIGINT and then ends the process. A second signal does not wait.
 * @param promise what is logged of the work at hand
 */
export function endOnSignal(app: INestApplicationContext, promise: string): void {
  const logger = new Logger('Shutdown');
  let isEnding = false;
  const end = (signal: string) => {
    if (isEnding) process.exit(1);
    isEnding = true;
    logger.log(`${signal}: ${promise}`);
    void app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error('The shutdown failed', (error as Error).stack);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, end);
}
