import { runNode } from './run-node.mjs';
import { ensureSetUp } from './setup.mjs';

await ensureSetUp();
// Anything at all, by the million and from a seed: too long for `npm test`.
runNode([
  '--no-warnings',
  '--import',
  './test/support/typescript-hooks.js',
  'test/fuzz/main.ts',
  ...process.argv.slice(2),
]);
