import { randomBytes, randomUUID } from 'node:crypto';
import { startTestApp, type TestApp, type TestVariables } from './app.js';
import { says } from './workflow-client.js';

/** A key as ENCRYPTION_KEYS has it. */
export const newKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;

/** What gateways of encrypted texts are started with here, beside their keys; answers are read from where they are kept. */
export const ENCRYPTED: TestVariables = {
  SIGNUP_CREDITS: '100000',
  DEFAULT_PRICE_USD_PER_MTOK: '1,2',
};

/** Another gateway of the same database, which may have other keys. */
export function startBeside(gateway: TestApp, variables: TestVariables): Promise<TestApp> {
  return startTestApp({ ...ENCRYPTED, ...variables, DATABASE_URL: gateway.databaseUrl });
}

/** A question whose prompt and answer have the secret in them. @param how more of the simulator's script */
export const questionOf = (secret: string, more: object = {}, how = '') => ({
  id: randomUUID(),
  type: 'chat',
  provider: 'auto',
  model: 'sim-5-1ms',
  messages: [{ role: 'user', content: `${secret} ${says(`of ${secret} and more `.repeat(20), how)}` }],
  stream: true,
  ...more,
});
