/**
 * `npm run bench:connections`: 1,000 authenticated sockets, opened at 200 a second beside 100 running streams, with the
 * rate limits that every gateway has: how long they take to open, and how much the gateway adds to a first answer.
 */
import { ensureSetUp } from '../scripts/setup.mjs';
import { startGateway } from './gateway.mjs';
import { onStage } from './stage.mjs';

const USERS = 50;
const ROUNDS = 3;
const LIMITS = [
  { title: 'opening', figure: 'openingMs', limitMs: 100 },
  { title: 'first chunk, beyond the provider', figure: 'beyondProviderMs', limitMs: 200 },
];

/** The streams of one round must not run on beside the next one's. */
const DETACHED_END_AT_ONCE = { DETACHED_MAX_MS: '0' };

const say = (line) => process.stdout.write(`${line}\n`);
const spread = ({ p50, p99 }) => `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;

/** The first round meets a gateway that has done nothing yet, and is only told of; every other must keep the limits. */
async function bench(stage) {
  const upstream = await stage.serve('bench/upstream.mjs');
  const gateway = await startGateway(stage, upstream.port, DETACHED_END_AT_ONCE);
  const tokens = Array.from({ length: USERS }, (_, index) => gateway.tokenOf(`bench-${index}`));
  const verdicts = [];
  for (let number = 0; number <= ROUNDS; number++) {
    const env = { URL: gateway.url, TOKENS: JSON.stringify(tokens) };
    const isWithin = judge(number, await stage.run('bench/connect-load.mjs', [], { env }));
    verdicts.push(number === 0 || isWithin);
  }
  return verdicts.every(Boolean);
}

function judge(number, report) {
  const { sockets, streams, endedStreams, errors, openedPerSecond, ownLoopDelayMs } = report;
  say(
    `\n${number === 0 ? 'A cold gateway (not judged)' : `Round ${number}`}: ${sockets} sockets at ${openedPerSecond.toFixed(0)} a second beside ${streams} running streams`,
  );
  for (const { title, figure } of LIMITS) say(`  ${title}: ${spread(report[figure])}`);
  say(`  the load's own event loop (included above): ${spread(ownLoopDelayMs)}`);
  const faults = LIMITS.filter(({ figure, limitMs }) => !(report[figure].p99 < limitMs)).map(
    ({ title, limitMs }) => `${title}: p99 is not under ${limitMs} ms`,
  );
  if (errors.length > 0) faults.push(`${errors.length} errors, such as ${errors[0]}`);
  if (endedStreams > 0) faults.push(`${endedStreams} of the running streams ended`);
  say(faults.length === 0 ? '  within the limits' : `  BEYOND the limits: ${faults.join('; ')}`);
  return faults.length === 0;
}

await ensureSetUp();
await onStage(bench);
