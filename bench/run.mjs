/**
 * `npm run bench`: what an answer costs the gateway's process in processor time, as a ratio to the least that Node can do
 * (bench/raw-proxy.mjs), both measured in turn under the same load. docs/performance.md says what the figures mean.
 */
import { ensureSetUp } from '../scripts/setup.mjs';
import { startGateway } from './gateway.mjs';
import { assertMeasurable } from './process-usage.mjs';
import { onStage } from './stage.mjs';
import { median } from './statistics.mjs';

const ROUNDS = 5;

/** Both kinds of work; `unit` is the field of the load's report that counts, `limit` the most that its ratio may be. */
const WORKS = [
  {
    title: 'Per request: 5 chunks back to back, 64 connections',
    load: ['sim-5-0ms', 64, 6_000],
    chunks: 5,
    unit: 'cpuPerRequest',
    limit: 4,
  },
  {
    title: 'Per chunk: 100 chunks 20 ms apart, 500 streams at once',
    load: ['sim-100-20ms', 500, 500],
    chunks: 100,
    unit: 'cpuPerChunk',
    limit: 1.4,
  },
];
/** The most that one more chunk of an answer may cost over OpenAI's REST, as a ratio to the WebSocket. */
const REST_LIMIT = 1;
const WARM_UPS = [
  ['sim-5-0ms', 64, 6_000],
  ['sim-100-20ms', 200, 200],
  ['sim-5-0ms', 64, 3_000],
];

const say = (line) => process.stdout.write(`${line}\n`);
const fixed = (number, digits, width) => number.toFixed(digits).padStart(width);

async function bench(stage) {
  const subjects = await startSubjects(stage);
  say(`warming up (${WARM_UPS.length} loads each)`);
  for (const load of WARM_UPS) for (const subject of subjects) await measure(stage, subject, load);
  const results = [];
  for (const work of WORKS) results.push(await compare(stage, subjects, work));
  const isRestWithin = judgeRest(results);
  return isRestWithin && results.every(({ isWithin }) => isWithin);
}

async function startSubjects(stage) {
  const upstream = await stage.serve('bench/upstream.mjs');
  const raw = await stage.serve('bench/raw-proxy.mjs', [upstream.port]);
  const gateway = await startGateway(stage, upstream.port, { RATE_LIMITS: 'off' });
  const { worker } = gateway;
  return [
    { name: 'raw proxy', kind: 'ws', pid: raw.pid, url: `ws://127.0.0.1:${raw.port}/mcp`, token: '' },
    { name: 'gateway', kind: 'ws', pid: gateway.pid, worker, url: gateway.url, token: gateway.tokenOf('bench') },
    {
      name: "gateway's REST",
      kind: 'sse',
      pid: gateway.pid,
      worker,
      url: `http://127.0.0.1:${gateway.port}`,
      token: gateway.tokenOf('bench'),
    },
  ];
}

/** One load on one of them; @throws Error where not every request was answered. */
async function measure(stage, { name, kind, pid, worker, url, token }, load) {
  const pids = worker ? [pid, worker.pid] : [pid];
  const report = await stage.run('bench/load.mjs', [kind, url, ...load, ...pids], { env: { TOKEN: token } });
  const errors = Object.entries(report.errors);
  if (errors.length > 0) throw new Error(`the ${name} answered with errors: ${JSON.stringify(report.errors)}`);
  return { ...report, ...report.processes[0], besides: report.processes[1]?.cpuPerRequest };
}

/** All in turn, several times; the verdict is about the median of the rounds' ratios. */
async function compare(stage, [raw, gateway, rest], { title, load, chunks, unit, limit }) {
  say(`\n${title}`);
  say('  round   raw proxy µs   gateway µs   ratio   REST µs   first chunk ms (p50/p99): raw, gateway, REST');
  const rounds = [];
  for (let number = 1; number <= ROUNDS; number++) {
    const base = await measure(stage, raw, load);
    const ours = await measure(stage, gateway, load);
    const theirs = await measure(stage, rest, load);
    rounds.push({ base, ours, theirs, ratio: ours[unit] / base[unit] });
    say(roundLine(String(number), rounds.at(-1), unit));
  }
  const middle = medianOf(rounds, unit);
  say(roundLine('median', middle, unit));
  const [rawMegabytes, ourMegabytes] = [middle.base, middle.ours].map((each) => each.residentMegabytes.toFixed(0));
  say(`  resident memory: raw proxy ${rawMegabytes} MB, gateway ${ourMegabytes} MB`);
  say(`  the worker beside the gateway: ${fixed(middle.ours.besides, 1, 1)} µs per request`);
  const isWithin = middle.ratio <= limit;
  say(`  ${isWithin ? 'within' : 'BEYOND'} the limit: ${middle.ratio.toFixed(2)} of at most ${limit.toFixed(1)}`);
  return { chunks, isWithin, ours: middle.ours.cpuPerRequest, theirs: middle.theirs.cpuPerRequest };
}

/**
 * What one more chunk costs: the difference of a long and a short answer. A request itself is dearer over HTTP, which
 * brings its own head, token and route each time; that is not the chunks' fault.
 */
function judgeRest([short, long]) {
  const [ours, theirs] = ['ours', 'theirs'].map((side) => (long[side] - short[side]) / (long.chunks - short.chunks));
  const ratio = theirs / ours;
  const isWithin = ratio <= REST_LIMIT;
  say(`\nOne more chunk: ${ours.toFixed(1)} µs on the WebSocket, ${theirs.toFixed(1)} µs over REST`);
  say(`  ${isWithin ? 'within' : 'BEYOND'} the limit: ${ratio.toFixed(2)} of at most ${REST_LIMIT.toFixed(1)}`);
  return isWithin;
}

function roundLine(label, { base, ours, theirs, ratio }, unit) {
  const first = ({ firstChunkMs: { p50, p99 } }) => `${fixed(p50, 1, 6)} /${fixed(p99, 1, 6)}`;
  return `  ${label.padEnd(6)}${fixed(base[unit], 1, 14)}${fixed(ours[unit], 1, 13)}${fixed(ratio, 2, 8)}${fixed(theirs[unit], 1, 10)}   ${first(base)}, ${first(ours)}, ${first(theirs)}`;
}

/** Each figure's own median, in the shape of a round. */
function medianOf(rounds, unit) {
  const middleOf = (side) => {
    const over = (figure) => median(rounds.map((round) => figure(round[side])));
    return {
      [unit]: over((report) => report[unit]),
      cpuPerRequest: over((report) => report.cpuPerRequest),
      besides: over((report) => report.besides),
      residentMegabytes: over((report) => report.residentMegabytes),
      firstChunkMs: { p50: over((report) => report.firstChunkMs.p50), p99: over((report) => report.firstChunkMs.p99) },
    };
  };
  const ratio = median(rounds.map((round) => round.ratio));
  return { base: middleOf('base'), ours: middleOf('ours'), theirs: middleOf('theirs'), ratio };
}

assertMeasurable();
await ensureSetUp();
await onStage(bench);
