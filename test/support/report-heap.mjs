import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Preloaded into a process (`NODE_OPTIONS=--import …`), answers SIGUSR2 with what is left in memory after two collections
 * of garbage: a line `{"heapUsed":…,"external":…}` in bytes. NODE_OPTIONS takes no --expose-gc.
 */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ heapUsed, external })}\n`);
});
