/** The gateway under test, as it is deployed: the build, on a database that is not its own, with a worker beside it. */
import { randomBytes } from 'node:crypto';
import { SERVER_FLAGS } from '../scripts/server-flags.mjs';
import { accessToken } from './access-token.mjs';

/** The flags of `npm start`; BENCH_GATEWAY_FLAGS adds to them, to try others out. */
const FLAGS = [...SERVER_FLAGS, ...(process.env.BENCH_GATEWAY_FLAGS ?? '').split(' ').filter(Boolean)];

/**
 * @param {import('./stage.mjs').Stage} stage whose end is the database's, too
 * @returns {Promise<{pid: number, port: number, url: string, worker: {pid: number}, tokenOf: (userId: string) => string}>}
 */
export async function startGateway(stage, upstreamPort, more = {}) {
  const { startEmbeddedPostgres } = await import('../dist/database/embedded-postgres.js');
  const database = await startEmbeddedPostgres({ dataDirectory: stage.dataDirectory, log: () => undefined });
  const secret = randomBytes(32).toString('hex');
  const secrets = { JWT_SECRET: secret, AUDIT_SECRET: secret, MEDIA_SECRET: secret };
  const env = { ...environment(stage, upstreamPort), DATABASE_URL: database.url, ...secrets, ...more };
  const server = await stage.serve('dist/main.js', [], { flags: FLAGS, env });
  const worker = await stage.start('dist/worker.js', 'The worker is ready', { env: { ...env, LOG_LEVEL: 'info' } });
  const url = `ws://127.0.0.1:${server.port}/mcp`;
  return { ...server, url, worker, tokenOf: (userId) => accessToken(secret, userId) };
}

function environment({ dataDirectory }, upstreamPort) {
  return {
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDirectory,
    LOG_LEVEL: 'warn',
    DRAIN_MS: '0',
    OPENAI_API_KEY: 'bench',
    OPENAI_BASE_URL: `http://127.0.0.1:${upstreamPort}/v1`,
    DEFAULT_PRICE_USD_PER_MTOK: '0.5,1.5',
    SIGNUP_CREDITS: '999999999',
  };
}
