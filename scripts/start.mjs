import { runServer } from './run-node.mjs';
import { ensureSetUp } from './setup.mjs';

await ensureSetUp();
runServer(['--enable-source-maps', 'dist/main.js', ...process.argv.slice(2)]);
