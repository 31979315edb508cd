import { runNode } from './run-node.mjs';
import { ensureSetUp } from './setup.mjs';

await ensureSetUp();
// A provider's outage with the times of everyday: too slow for `npm test`.
runNode([
  '--no-warnings',
  'node_modules/jest/bin/jest.js',
  '--runInBand',
  '--testRegex',
  String.raw`outage\.slow\.ts$`,
]);
