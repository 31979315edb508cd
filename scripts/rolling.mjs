import { runNode } from './run-node.mjs';
import { ensureSetUp } from './setup.mjs';

await ensureSetUp();
// The test of `npm test`, under the load that production has.
const [streams = '200'] = process.argv.slice(2);
runNode(['--no-warnings', 'node_modules/jest/bin/jest.js', '--runInBand', 'test/e2e/rolling-restart.test.ts'], {
  env: { ROLLING_STREAMS: streams },
});
