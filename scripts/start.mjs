import { runServer } from './run-node.mjs';
import { SERVER_FLAGS } from './server-flags.mjs';
import { ensureSetUp } from './setup.mjs';

await ensureSetUp();
runServer([...SERVER_FLAGS, 'dist/main.js', ...process.argv.slice(2)]);
