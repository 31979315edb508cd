import { runNode } from './run-node.mjs';
import { ensureSetUp } from './setup.mjs';

await ensureSetUp();
runNode([
  '--no-warnings',
  '--import',
  './test/support/typescript-hooks.js',
  'test/chaos/video/main.ts',
  ...process.argv.slice(2),
]);
