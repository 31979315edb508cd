/**
 * The load: `node bench/load.mjs KIND URL MODEL CONNECTIONS REQUESTS [PID…]`, with TOKEN in the environment; KIND is `ws` (our protocol) or `sse` (OpenAI's REST). Each connection
 * asks one request after the other until all are answered. Prints one line of JSON: rates, the time to the first chunk,
 * and for every PID its processor time per request and per chunk: that is steady where the machine is not.
 */
import { ChatSocket } from './chat-socket.mjs';
import { ChatStream } from './chat-stream.mjs';
import { cpuMicroseconds, residentMegabytes } from './process-usage.mjs';
import { spreadOf } from './statistics.mjs';

/** So many connections are opened at a time. */
const OPENED_AT_ONCE = 50;

const KINDS = { ws: ChatSocket, sse: ChatStream };

async function openSockets(kind, url, count, token) {
  const sockets = [];
  while (sockets.length < count) {
    const size = Math.min(OPENED_AT_ONCE, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: size }, () => KINDS[kind].open(url, token)))));
  }
  return sockets;
}

async function askAll(sockets, model, requestCount) {
  const answers = [];
  let asked = 0;
  const keepAsking = async (socket) => {
    while (asked++ < requestCount) answers.push(await socket.ask(model));
  };
  await Promise.all(sockets.map(keepAsking));
  return answers;
}

function reportOf(answers, seconds) {
  const chunks = answers.reduce((sum, answer) => sum + answer.chunks, 0);
  const errors = answers.flatMap(({ error }) => error ?? []);
  const firstChunks = answers.flatMap(({ firstChunkMs }) => firstChunkMs ?? []);
  return {
    requests: answers.length,
    chunks,
    errors: Object.fromEntries(
      [...new Set(errors)].map((code) => [code, errors.filter((each) => each === code).length]),
    ),
    requestsPerSecond: answers.length / seconds,
    chunksPerSecond: chunks / seconds,
    firstChunkMs: spreadOf(firstChunks),
  };
}

async function main([kind, url, model, connectionCount, requestCount, ...pids]) {
  const sockets = await openSockets(kind, url, Number(connectionCount), process.env.TOKEN);
  const cpuBefore = pids.map(cpuMicroseconds);
  const loopBefore = performance.eventLoopUtilization();
  const begunMs = performance.now();
  const answers = await askAll(sockets, model, Number(requestCount));
  const report = reportOf(answers, (performance.now() - begunMs) / 1_000);
  const ownLoopBusy = performance.eventLoopUtilization(loopBefore).utilization;
  const processes = pids.map((pid, index) => {
    const cpu = cpuMicroseconds(pid) - cpuBefore[index];
    const perUnit = { cpuPerRequest: cpu / report.requests, cpuPerChunk: cpu / report.chunks };
    return { pid: Number(pid), ...perUnit, residentMegabytes: residentMegabytes(pid) };
  });
  process.stdout.write(`${JSON.stringify({ ...report, ownLoopBusy, processes })}\n`);
  for (const socket of sockets) socket.close();
}

await main(process.argv.slice(2));
