import { startSimulator } from './simulator.js';
import { wholeNumber } from './whole-number.js';

const DEFAULT_PORT = 4010;
const USAGE = 'Usage: node dist/simulator/main.js [PORT] [GAP_MS] [VIDEO_MS]\n';

const [portText, gapText, videoText, ...rest] = process.argv.slice(2);
const port = portText === undefined ? DEFAULT_PORT : wholeNumber(portText, 65_535);
const gapMs = gapText === undefined ? 15 : wholeNumber(gapText, 60_000);
const videoMs = videoText === undefined ? undefined : wholeNumber(videoText, 3_600_000);
const isVideoWrong = videoText !== undefined && videoMs === undefined;

if (port === undefined || gapMs === undefined || isVideoWrong || rest.length > 0) {
  process.stderr.write(USAGE);
  process.exit(64); // EX_USAGE of sysexits.h
}

const simulator = await startSimulator({ port, gapMs, ...(videoMs === undefined ? {} : { videoMs }) });
process.stdout.write(`Simulated provider: ${simulator.url} (Anthropic, Runway), ${simulator.url}/v1 (OpenAI)\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void simulator.close());
}
