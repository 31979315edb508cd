import { startSimulator } from './simulator.js';
import { wholeNumber } from './whole-number.js';

const DEFAULT_PORT = 4010;
const USAGE = 'Usage: node dist/simulator/main.js [PORT] [GAP_MS]\n';

const [portText, gapText, ...rest] = process.argv.slice(2);
const port = portText === undefined ? DEFAULT_PORT : wholeNumber(portText, 65_535);
const gapMs = gapText === undefined ? 15 : wholeNumber(gapText, 60_000);

if (port === undefined || gapMs === undefined || rest.length > 0) {
  process.stderr.write(USAGE);
  process.exit(64); // EX_USAGE of sysexits.h
}

const simulator = await startSimulator({ port, gapMs });
process.stdout.write(`Simulated provider: ${simulator.url} (Anthropic), ${simulator.url}/v1 (OpenAI)\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void simulator.close());
}
