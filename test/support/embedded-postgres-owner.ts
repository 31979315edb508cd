/**
 * A process that owns an embedded server, for tests that kill it: starts it in the folder given, prints what it got as a
 * line of JSON, and stops it when its input ends.
 */
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';

const dataDirectory = process.argv[2];
if (!dataDirectory) throw new Error('the data directory is missing');
const inputEnded = new Promise((resolve) => process.stdin.resume().once('close', resolve));
const server = await startEmbeddedPostgres({ dataDirectory, log: (line) => process.stderr.write(`${line}\n`) });
process.stdout.write(`${JSON.stringify({ url: server.url, port: server.port })}\n`);
await inputEnded;
await server.stop();
