import { createSecretKey } from 'node:crypto';
import { VARIABLES, type VariableName } from '../environment-variables.js';
import { parseEnvironment } from '../environment.js';
import { effectiveVariables, type EffectiveVariable } from './effective-variables.js';
import { fingerprintBy } from './masked.js';
import { VARIABLE_DISCLOSURES } from './variable-disclosures.js';

const MARK = 'never-to-be-shown-';
const fingerprint = fingerprintBy(createSecretKey(Buffer.from('a key of more than thirty-two bytes')));
const SECRET = (name: string) => `${MARK}${name}-of-thirty-two-bytes-or-more`;
const KEY = Buffer.from(MARK.padEnd(32)).toString('base64');
const HTTP = (name: string) => `https://${MARK}${name}:${SECRET(name)}@example.com/${SECRET(name)}?key=${SECRET(name)}`;

/** A value for every variable that is not shown as it is, secret in all of its parts. A new one has to be added. */
const MASKED_VALUES: Partial<Record<VariableName, string>> = {
  PUBLIC_URL: HTTP('PUBLIC_URL'),
  OPS_TOKEN: SECRET('OPS_TOKEN'),
  DATABASE_URL: `postgres://${MARK}user:${SECRET('DATABASE_URL')}@db:5432/gateway?sslpassword=${SECRET('DATABASE_URL')}`,
  REDIS_URL: `redis://${MARK}user:${SECRET('REDIS_URL')}@cache:6379/0`,
  JWT_SECRET: SECRET('JWT_SECRET'),
  JWT_PUBLIC_KEY: `-----BEGIN PUBLIC KEY-----\\n${SECRET('JWT_PUBLIC_KEY')}\\n-----END PUBLIC KEY-----`,
  JWT_JWKS_URL: HTTP('JWT_JWKS_URL'),
  OPENAI_API_KEY: SECRET('OPENAI_API_KEY'),
  OPENAI_BASE_URL: HTTP('OPENAI_BASE_URL'),
  ANTHROPIC_API_KEY: SECRET('ANTHROPIC_API_KEY'),
  ANTHROPIC_BASE_URL: HTTP('ANTHROPIC_BASE_URL'),
  BUY_CREDITS_URL: HTTP('BUY_CREDITS_URL'),
  AUDIT_SECRET: SECRET('AUDIT_SECRET'),
  AUDIT_OLD_SECRETS: `${SECRET('AUDIT_OLD_SECRETS')},${SECRET('OLDER')}`,
  ENCRYPTION_KEYS: `${MARK}id:${KEY}`,
  SORA_BASE_URL: HTTP('SORA_BASE_URL'),
  SORA_API_KEY: SECRET('SORA_API_KEY'),
  RUNWAYML_API_SECRET: SECRET('RUNWAYML_API_SECRET'),
  RUNWAYML_BASE_URL: HTTP('RUNWAYML_BASE_URL'),
  MEDIA_SECRET: SECRET('MEDIA_SECRET'),
  MEDIA_S3_ENDPOINT: HTTP('MEDIA_S3_ENDPOINT'),
  MEDIA_S3_ACCESS_KEY_ID: SECRET('MEDIA_S3_ACCESS_KEY_ID'),
  MEDIA_S3_SECRET_ACCESS_KEY: SECRET('MEDIA_S3_SECRET_ACCESS_KEY'),
  CDN_BASE_URL: HTTP('CDN_BASE_URL'),
  OTEL_EXPORTER_OTLP_ENDPOINT: HTTP('OTEL_EXPORTER_OTLP_ENDPOINT'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: HTTP('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'),
  OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${SECRET('OTEL')}`,
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: `x-key=${SECRET('OTEL')}`,
  OTEL_RESOURCE_ATTRIBUTES: `deployment.environment=${SECRET('OTEL')}`,
};
const KEYS: VariableName[] = ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL'];

const inForce = (source: Partial<Record<VariableName, string>>) =>
  effectiveVariables(parseEnvironment(source), fingerprint);
const variable = (name: VariableName, source: Partial<Record<VariableName, string>> = {}): EffectiveVariable =>
  inForce(source).find((each) => each.name === name)!;

describe('the variables in force', () => {
  it('are all of them, and each that is not shown whole has a secret value in this test', () => {
    expect(inForce({}).map(({ name }) => name)).toEqual(Object.keys(VARIABLES));
    const hidden = Object.entries(VARIABLE_DISCLOSURES).filter(([, { as }]) => as !== 'plain');
    expect(hidden.map(([name]) => name)).toEqual(Object.keys(MASKED_VALUES));
  });

  it.each(KEYS)('show nothing of any secret, tokens verified by %s', (key) => {
    const source = Object.fromEntries(
      Object.entries(MASKED_VALUES).filter(([name]) => name === key || !KEYS.includes(name as VariableName)),
    );
    const shown = inForce({ ...source, MEDIA_S3_BUCKET: 'videos' });
    for (const part of [MARK, KEY]) expect(JSON.stringify(shown)).not.toContain(part);
    expect(JSON.stringify(shown)).not.toContain(encodeURIComponent(MARK));
    for (const name of Object.keys(source))
      expect(shown).toContainEqual(expect.objectContaining({ name, source: 'given' }));
  });

  it('show where an address leads', () => {
    const value = { shown: 'postgres://db:5432/gateway', fingerprint: expect.any(String) };
    expect(
      variable('DATABASE_URL', {
        AUDIT_SECRET: 'x'.repeat(32),
        MEDIA_SECRET: 'x'.repeat(32),
        DATABASE_URL: MASKED_VALUES.DATABASE_URL!,
      }),
    ).toMatchObject({ value });
    expect(variable('OPENAI_BASE_URL', { OPENAI_BASE_URL: 'http://vllm:8000/v1', OPENAI_API_KEY: 'k' }).value).toBe(
      'http://vllm:8000/v1',
    );
  });

  it('tell the given from the default, the derived, the generated and what there is not', () => {
    expect(variable('CREDITS_LOW')).toEqual({ name: 'CREDITS_LOW', value: '100', source: 'default' });
    expect(variable('CREDITS_LOW', { CREDITS_LOW: '100' })).toMatchObject({ value: '100', source: 'given' });
    expect(variable('SIGNUP_CREDITS')).toMatchObject({ value: '10000', source: 'default' });
    expect(variable('SIGNUP_CREDITS', { NODE_ENV: 'test' })).toMatchObject({ value: '0', source: 'derived' });
    const lifted = { value: 'unlimited', source: 'derived' };
    expect(variable('PROVIDER_CONCURRENCY', { RATE_LIMITS: 'off' })).toMatchObject(lifted);
    expect(variable('SIMULATED_PROVIDERS')).toMatchObject({ value: true, source: 'default' });
    expect(variable('JWT_SECRET')).toMatchObject({ value: null, source: 'generated' });
    expect(variable('JWT_SECRET', { JWT_JWKS_URL: 'https://issuer.example/keys' })).toMatchObject({ source: 'unset' });
    expect(variable('OPS_TOKEN')).toEqual({ name: 'OPS_TOKEN', value: null, source: 'unset' });
  });
});
