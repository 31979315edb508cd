import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AddressInfo } from 'node:net';
import { createApplication } from '../application.js';
import { DevelopmentTokens } from '../auth/development-token.js';
import { parseEnvironment } from '../config/environment.js';
import { startSimulator, type Simulator } from '../simulator/simulator.js';

const DATA_DIRECTORY = '.data/demo';
/** So that the gateway, which asks after 5 s for the first time, sees it under way once. */
const VIDEO_MS = 7_500;

/** Everything that the demo talks to. */
export interface Stage {
  userId: string;
  token: string;
  adminToken: string;
  url: string;
  wsUrl: string;
  providerUrl: string;
  dataDirectory: string;
  simulator: Simulator;
  app: NestExpressApplication;
  /** Stops all of it, the database last. */
  end(): Promise<void>;
}

/** Starts a gateway as `npm start` would, whatever the environment of the person says: with a provider that we can break. */
export async function startStage(userId: string, dataDirectory = DATA_DIRECTORY): Promise<Stage> {
  const simulator = await startSimulator({ videoMs: VIDEO_MS });
  const environment = parseEnvironment({
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDirectory,
    LOG_LEVEL: 'fatal',
    OPENAI_API_KEY: 'simulated',
    OPENAI_BASE_URL: `${simulator.url}/v1`,
    ANTHROPIC_API_KEY: 'simulated',
    ANTHROPIC_BASE_URL: simulator.url,
    SORA_BASE_URL: `${simulator.url}/v1`,
    SORA_API_KEY: 'simulated',
  });
  const app = await createApplication(environment).catch(async (error: unknown) => {
    await simulator.close();
    throw error;
  });
  await app.listen(environment.http.port, environment.http.host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const token = (sub: string, role: string) =>
    app.get(DevelopmentTokens).sign({ userId: sub, roles: [role], ttlSeconds: 600 });
  return {
    userId,
    token: token(userId, 'user'),
    adminToken: token('demo-admin', 'admin'),
    url: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}/mcp`,
    providerUrl: simulator.url,
    dataDirectory,
    simulator,
    app,
    end: async () => {
      await app.close();
      await simulator.close();
    },
  };
}
