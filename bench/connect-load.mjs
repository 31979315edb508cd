/**
 * The load of bench/connections.mjs, a process of its own: `node bench/connect-load.mjs`, with URL and TOKENS (a JSON
 * list, one per user) in the environment. Starts long streams, opens authenticated sockets beside them at a steady rate
 * and asks one short answer on each as soon as it is open. Prints one line of JSON.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { ChatSocket } from './chat-socket.mjs';
import { spreadOf } from './statistics.mjs';

const STREAMS = { count: 100, model: 'sim-2000-20ms' };
const SOCKETS = { count: 1_000, perSecond: 200 };
/** The provider sends the first chunk after this time. */
const ANSWER = { model: 'sim-5-20ms', firstChunkMs: 20 };

const { URL: url, TOKENS } = process.env;
const tokens = JSON.parse(TOKENS);
const tokenOf = (index) => tokens[index % tokens.length];

/** Resolves when every stream has shown its first chunk. */
async function startStreams() {
  const sockets = await Promise.all(
    Array.from({ length: STREAMS.count }, (_, index) => ChatSocket.open(url, tokenOf(index))),
  );
  let ended = 0;
  const start = (socket) =>
    new Promise((resolve, reject) => {
      void socket.ask(STREAMS.model, { onFirstChunk: resolve }).then(({ error = 'an early end' }) => {
        ended++;
        reject(new Error(`a stream ended: ${error}`));
      });
    });
  await Promise.all(sockets.map(start));
  return { sockets, countEnded: () => ended };
}

/** One new socket: how long it took to open, and what its first answer was. */
async function openAndAsk(index, opened) {
  const begunMs = performance.now();
  const socket = await ChatSocket.open(url, tokenOf(index));
  const openingMs = performance.now() - begunMs;
  opened.push(socket);
  return { openingMs, answer: await socket.ask(ANSWER.model) };
}

/** At a steady rate, whatever becomes of those before; one that is late by our own fault does not delay the next. */
async function openSteadily(opened) {
  const begunMs = performance.now();
  const visits = [];
  for (let index = 0; index < SOCKETS.count; index++) {
    const waitMs = begunMs + (index * 1_000) / SOCKETS.perSecond - performance.now();
    if (waitMs > 0) await delay(waitMs);
    visits.push(openAndAsk(index, opened).catch((error) => ({ error: error.message })));
  }
  const seconds = (performance.now() - begunMs) / 1_000;
  return { visits: await Promise.all(visits), openedPerSecond: SOCKETS.count / seconds };
}

function reportOf({ visits, openedPerSecond }, endedStreams, loopDelay) {
  const errors = visits.flatMap(({ error, answer }) => error ?? answer.error ?? []);
  const served = visits.filter(({ answer }) => answer?.firstChunkMs !== undefined);
  return {
    sockets: visits.length,
    streams: STREAMS.count,
    endedStreams,
    errors,
    openedPerSecond,
    openingMs: spreadOf(served.map(({ openingMs }) => openingMs)),
    beyondProviderMs: spreadOf(served.map(({ answer }) => answer.firstChunkMs - ANSWER.firstChunkMs)),
    ownLoopDelayMs: { p50: loopDelay.percentile(50) / 1e6, p99: loopDelay.percentile(99) / 1e6 },
  };
}

const opened = [];
const streams = await startStreams();
const loopDelay = monitorEventLoopDelay({ resolution: 1 });
loopDelay.enable();
const outcome = await openSteadily(opened);
loopDelay.disable();
process.stdout.write(`${JSON.stringify(reportOf(outcome, streams.countEnded(), loopDelay))}\n`);
for (const socket of [...streams.sockets, ...opened]) socket.close();
