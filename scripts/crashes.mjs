import { runNode } from './run-node.mjs';
import { ensureSetUp } from './setup.mjs';

await ensureSetUp();
// Workers killed at each step of a video: what a dead one held is noticed after a while, too slow for `npm test`.
runNode([
  '--no-warnings',
  'node_modules/jest/bin/jest.js',
  '--runInBand',
  String.raw`--testRegex=-crash\.slow\.ts$`, // in one word: what begins with a hyphen is an option
]);
