import { once } from 'node:events';

/** Closes the pipe to the run's database server and waits until it is gone. */
export default async function globalTeardown(): Promise<void> {
  const server = globalThis.testServer;
  if (!server || server.exitCode !== null) return;
  const gone = once(server, 'exit');
  server.stdin?.end();
  await gone;
}
