import { runNode } from './run-node.mjs';
import { ensureSetUp } from './setup.mjs';

await ensureSetUp();
// The test of `npm test`, with a ledger of a size at which the figures it prints mean something.
const [accounts = '200000'] = process.argv.slice(2);
runNode(['--no-warnings', 'node_modules/jest/bin/jest.js', '--runInBand', 'test/e2e/restore-rehearsal.test.ts'], {
  env: { REHEARSAL_ACCOUNTS: accounts },
});
