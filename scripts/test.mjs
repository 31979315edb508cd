import { runNode } from './run-node.mjs';
import { ensureSetUp } from './setup.mjs';

await ensureSetUp();
runNode(['node_modules/jest/bin/jest.js', ...process.argv.slice(2)], {
  env: { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --no-warnings`.trim() },
});
