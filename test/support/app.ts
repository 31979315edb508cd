import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { createApplication } from '../../src/application.js';
import { DevelopmentTokens } from '../../src/auth/development-token.js';
import type { VariableName } from '../../src/config/environment-variables.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { ControlRelay } from '../../src/queue/control-relay.js';
import { WorkerModule } from '../../src/worker.module.js';
import { createTestDatabase } from './database.js';
import { eventually } from './eventually.js';
import { SUITE_LOG_LEVEL, suiteLogger } from './logs/suite-log.js';

export const TEST_SECRET = 'a secret of more than thirty-two bytes';
const TOKEN_SECONDS = 600;
const HEARD_WITHIN_MS = 5_000;

/** Variables of the environment; undefined takes a default of the test away. */
export type TestVariables = Partial<Record<VariableName, string | undefined>>;

/** A whole gateway on a port and a database of its own, with a simulated provider that the test controls. */
export interface TestApp {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** `ws://127.0.0.1:PORT/mcp` */
  wsUrl: string;
  app: NestExpressApplication;
  databaseUrl: string;
  /** What all providers are, of text and of video, unless the variables say otherwise. */
  simulator: Simulator;
  /** A token that this gateway accepts; without roles: a user's. */
  token(sub: string, roles?: readonly string[]): string;
  /** Drains the gateway, then removes what it stood on. */
  close(): Promise<void>;
}

/**
 * Starts a gateway. By default: mode `test`, 10,000 signup credits, all vendors' strategies talking to `simulator`; what
 * it logs is kept and looked through (logs/log-check.js). With DATABASE_URL given the database is the caller's and stays, and other processes of it are heard; with
 * OPENAI_API_KEY and ANTHROPIC_API_KEY given as undefined the gateway starts its own simulator (SIMULATED_PROVIDERS).
 */
export async function startTestApp(variables: TestVariables = {}): Promise<TestApp> {
  const simulator = await startSimulator({ gapMs: 1, videoMs: 300 });
  const database = variables.DATABASE_URL === undefined ? await createTestDatabase() : undefined;
  const databaseUrl = variables.DATABASE_URL ?? database!.url;
  const release = async () => {
    await simulator.close();
    await database?.drop();
  };
  try {
    const app = await listeningApp({ ...defaults(simulator, variables), ...variables, DATABASE_URL: databaseUrl });
    if (!database) await heard(app);
    const { port } = app.getHttpServer().address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}`,
      wsUrl: `ws://127.0.0.1:${port}/mcp`,
      app,
      databaseUrl,
      simulator,
      token: (userId, roles = ['user']) =>
        app.get(DevelopmentTokens).sign({ userId, roles, ttlSeconds: TOKEN_SECONDS }),
      close: () => app.close().finally(release),
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function listeningApp(variables: Record<string, string | undefined>): Promise<NestExpressApplication> {
  const environment = parseEnvironment(variables);
  const app = await createApplication(environment, suiteLogger());
  try {
    await app.listen(environment.http.port, environment.http.host);
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

/**
 * Waits until what is told to all processes is heard here: a start doesn't wait for that, and tests of several processes
 * would otherwise ask before the others listen. Where the messages' backend is away: not for long.
 */
async function heard(app: INestApplicationContext): Promise<void> {
  const relay = app.get(ControlRelay, { strict: false });
  await eventually(() => expect(relay.isOpen).toBe(true), HEARD_WITHIN_MS).catch(() => undefined);
}

/** A worker in this process, which answers what is queued on a gateway's database (and Redis, if `variables` say so). */
export async function startTestWorker(
  gateway: TestApp,
  variables: TestVariables = {},
): Promise<INestApplicationContext> {
  const environment = parseEnvironment({
    ...defaults(gateway.simulator, variables),
    ...variables,
    DATABASE_URL: gateway.databaseUrl,
  });
  const worker = await NestFactory.createApplicationContext(WorkerModule.forRoot(environment), {
    logger: suiteLogger(),
    abortOnError: false,
  });
  await Promise.all([heard(worker), heard(gateway.app)]);
  return worker;
}

/** An address without its key stops the start: a provider that the test takes away loses both. */
function defaults(simulator: Simulator, variables: TestVariables): TestVariables {
  const isKept = (name: VariableName) => !(name in variables) || variables[name] !== undefined;
  return {
    NODE_ENV: 'test',
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: SUITE_LOG_LEVEL,
    JWT_SECRET: TEST_SECRET,
    AUDIT_SECRET: TEST_SECRET,
    MEDIA_SECRET: TEST_SECRET,
    SIGNUP_CREDITS: '10000',
    DRAIN_MS: '2000',
    RATE_ADDRESS_CONNECTIONS: '1000000', // all tests of a minute come from one address
    RATE_ADDRESS_BAD_TOKENS: '1000000',
    ...(variables.GATEWAY_CONFIG === undefined ? {} : { DATA_DIR: dirname(variables.GATEWAY_CONFIG) }), // keeps copies of it
    ...(isKept('OPENAI_API_KEY') ? { OPENAI_API_KEY: 'test', OPENAI_BASE_URL: `${simulator.url}/v1` } : {}),
    ...(isKept('SORA_BASE_URL') ? { SORA_BASE_URL: `${simulator.url}/v1`, SORA_API_KEY: 'test' } : {}),
    ...(isKept('RUNWAYML_API_SECRET') ? { RUNWAYML_API_SECRET: 'test', RUNWAYML_BASE_URL: simulator.url } : {}),
    ...(isKept('ANTHROPIC_API_KEY') ? { ANTHROPIC_API_KEY: 'test', ANTHROPIC_BASE_URL: simulator.url } : {}),
  };
}
