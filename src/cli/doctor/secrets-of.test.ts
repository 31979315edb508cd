import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnvironment } from '../../config/environment.js';
import { secretsOf, withoutSecrets } from './secrets-of.js';

const WEBHOOK = `whsec_${Buffer.from('a secret of twenty-four bytes').toString('base64')}`;
const ENCRYPTION_KEY = Buffer.alloc(32, 'an encryption key').toString('base64');
const FILE = `
providers:
  near: { wire: openai, baseUrl: 'http://near:8000/v1', apiKey: key-of-near, headers: { x-key: header-of-near } }
videos:
  providers:
    farm: { wire: sora, baseUrl: 'http://user:password-of-farm@gpu:8000/v1', apiKey: key-of-farm, dialect: vllm-omni }
alerts:
  webhooks:
    pager: { url: 'https://hooks.example.com/T0?token=token-of-pager', secret: '${WEBHOOK}' }
`;
const SECRETS = [
  'password of postgres',
  'password%20of%20postgres',
  '100%percent',
  'key-of-openai',
  'one secret of more than thirty-two bytes',
  'another secret of more than thirty-two bytes',
  'header-of-the-collector',
  ENCRYPTION_KEY,
  'key-of-near',
  'header-of-near',
  'key-of-farm',
  'password-of-farm',
  'token-of-pager',
  WEBHOOK,
];

test('no secret of variables or of the file is left in a text, and what is none stays', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-of-'));
  const path = join(folder, 'gateway.yaml');
  writeFileSync(path, FILE);
  const environment = parseEnvironment({
    DATABASE_URL: 'postgres://gateway:password%20of%20postgres@db:5432/gateway',
    REDIS_URL: 'redis://:100%percent@cache:6379',
    JWT_SECRET: 'one secret of more than thirty-two bytes',
    AUDIT_SECRET: 'a third secret of more than thirty-two bytes',
    MEDIA_SECRET: 'a fourth secret of more than thirty-two bytes',
    AUDIT_OLD_SECRETS: 'another secret of more than thirty-two bytes',
    ENCRYPTION_KEYS: `key-of-november:${ENCRYPTION_KEY}`,
    OPENAI_API_KEY: 'key-of-openai',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=header-of-the-collector',
    GATEWAY_CONFIG: path,
  });
  rmSync(folder, { recursive: true });
  const text = `db:5432 near openai key-of-november ${SECRETS.join(' | ')} /v1`;
  const cleaned = withoutSecrets(text, secretsOf(environment));
  expect(cleaned).toBe(`db:5432 near openai key-of-november ${SECRETS.map(() => '[secret]').join(' | ')} /v1`);
});
