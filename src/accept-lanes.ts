import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';

/** Beside the server's own handle. Measured: with 8 in all, sockets open in tens of milliseconds beside 5,000 chunks a second. */
const EXTRA_LANES = 7;
const MADE_WITHIN_MS = 5_000;
const COPIER = fileURLToPath(new URL('./accept-lane-copier.js', import.meta.url));

/** What Node listens with; it has no public name for it. */
type Handle = object;

/**
 * libuv (since 1.45) accepts one connection for each listening handle in a turn of the event loop, however many wait. A
 * gateway that streams makes some 200 turns a second, so a crowd that comes back at once would queue for seconds. Further
 * handles of the same listening socket each accept one more. Only another process can copy a handle: one is started for
 * it, sends the copies back and ends.
 *
 * @param server that listens already
 * @returns what closes the lanes; they are an improvement only, so where they can't be made there are none
 */
export async function openAcceptLanes(server: Server): Promise<() => void> {
  const handle = (server as unknown as { _handle?: Handle })._handle;
  if (!handle) return () => undefined;
  const lanes = (await copies(handle)).map((copy) => createServer({ noDelay: true }).listen(copy));
  for (const lane of lanes) {
    lane.on('connection', (socket) => server.emit('connection', socket));
    lane.on('error', () => lane.close());
    lane.unref();
  }
  return () => {
    for (const lane of lanes) lane.close();
  };
}

async function copies(handle: Handle): Promise<Handle[]> {
  const copier = fork(COPIER, { execArgv: [], stdio: 'ignore' });
  const ended = once(copier, 'exit').catch(() => undefined);
  const deadline = setTimeout(() => copier.kill('SIGKILL'), MADE_WITHIN_MS);
  const received: Handle[] = [];
  copier.on('message', (_message, copy) => void (copy && received.push(copy)));
  copier.send({ copies: EXTRA_LANES }, handle as Server, { keepOpen: true }, () => undefined);
  await ended;
  clearTimeout(deadline);
  return received;
}
