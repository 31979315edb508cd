import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AddressInfo } from 'node:net';
import { createApplication } from './application.js';
import { DevelopmentTokens } from './auth/development-token.js';
import type { Environment } from './config/environment.js';
import { GatewayConfigError } from './config/gateway-config/read-gateway-config.js';
import { explainStartFailure } from './database/start-failure.js';
import { endOnSignal } from './end-on-signal.js';

/** EX_CONFIG of sysexits.h. */
const BAD_CONFIGURATION = 78;
const DEVELOPMENT_TOKEN_SECONDS = 24 * 3_600;

/** Serves until SIGTERM or SIGINT; ends the process with a clear message where it can't start. */
export async function serve(environment: Environment): Promise<void> {
  let app: NestExpressApplication | undefined;
  try {
    app = await createApplication(environment);
    endOnSignal(app, 'no new work; running answers may finish');
    const port = await listen(app, environment);
    await announce(app, environment, port);
  } catch (error) {
    process.stderr.write(
      `The gateway can't start: ${explainStartFailure(error, environment.databaseUrl !== undefined)}\n`,
    );
    await app?.close().catch(() => undefined);
    process.exit(error instanceof GatewayConfigError ? BAD_CONFIGURATION : 1);
  }
}

async function listen(app: NestExpressApplication, { http }: Environment): Promise<number> {
  try {
    await app.listen(http.port, http.host);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (http.isPortGiven) throw new Error(`port ${http.port} is taken; set PORT to a free one`, { cause: error });
    process.stderr.write(`Port ${http.port} is taken: serving on another one.\n`);
    await app.listen(0, http.host);
  }
  return (app.getHttpServer().address() as AddressInfo).port;
}

async function announce(app: NestExpressApplication, environment: Environment, port: number): Promise<void> {
  const base = environment.http.publicUrl ?? `http://localhost:${port}`;
  const lines = [
    `WebSocket  ${base.replace(/^http/, 'ws')}/mcp`,
    `REST       ${base}/api/mcp   (described at ${base}/docs)`,
    `Health     ${base}/health/ready`,
  ];
  if (environment.providers.isSimulated)
    lines.push('Providers  simulated: set OPENAI_API_KEY or ANTHROPIC_API_KEY for real ones');
  const token = environment.isProduction ? undefined : await developmentToken(app);
  if (token) lines.push(`Token      ${token}   (user 'dev', role admin, 24 h; npm run token makes others)`);
  process.stdout.write(`\nThe MCP server is ready.\n${lines.map((line) => `  ${line}`).join('\n')}\n\n`);
}

/** Absent where tokens are signed elsewhere (a public key is configured). */
function developmentToken(app: NestExpressApplication): Promise<string | undefined> {
  const claims = { userId: 'dev', roles: ['admin', 'user'], ttlSeconds: DEVELOPMENT_TOKEN_SECONDS };
  return Promise.resolve(app.get(DevelopmentTokens).sign(claims)).catch(() => undefined);
}
