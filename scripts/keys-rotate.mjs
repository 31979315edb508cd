import { runNode } from './run-node.mjs';
import { ensureSetUp } from './setup.mjs';

await ensureSetUp();
runNode(['--enable-source-maps', 'dist/cli/keys-rotate.js', ...process.argv.slice(2)]);
