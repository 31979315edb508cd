import { runNode } from './run-node.mjs';
import { ensureSetUp } from './setup.mjs';

await ensureSetUp();
// The test of `npm test`, with a ledger of a size at which the figures it prints mean something, and those that are too slow for it.
const [accounts = '200000'] = process.argv.slice(2);
const rehearsals = String.raw`test/e2e/(restore-rehearsal\.test|point-in-time\.slow|redis-loss\.slow)\.ts$`;
runNode(['--no-warnings', 'node_modules/jest/bin/jest.js', '--runInBand', '--testRegex', rehearsals], {
  env: { REHEARSAL_ACCOUNTS: accounts },
});
