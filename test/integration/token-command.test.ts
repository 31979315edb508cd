import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokenSignature } from '../../src/auth/token-signature.js';
import { TokenVerifier } from '../../src/auth/token-verifier.js';
import { capabilitiesOf } from '../support/tokens.js';

interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs the token command as a process of its own, with this environment and no other. */
function runToken(args: string[], variables: Record<string, string> = {}): Promise<Outcome> {
  const command = ['--no-warnings', '--import', './test/support/typescript-hooks.js', 'src/cli/token.ts', ...args];
  const env = { PATH: process.env.PATH, ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const SECRET = 'a secret of more than thirty-two bytes';
const verifierOf = (secret: string) =>
  new TokenVerifier(createTokenSignature({ kind: 'secret', secret }), {
    issuer: undefined,
    audience: undefined,
    capabilitiesOf,
    assertAdmitted: () => undefined,
  });

describe('the token command', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'token-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('prints a token of the configured secret, and nothing else', async () => {
    const { stdout, stderr } = await runToken(['--sub', 'alice', '--role', 'admin'], { JWT_SECRET: SECRET });
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(stderr).toContain("'alice' (admin)");
    expect(await verifierOf(SECRET).verify(stdout.trim())).toMatchObject({ userId: 'alice', roles: ['admin'] });
  });

  test('run by several processes at once on a new data directory signs with one secret', async () => {
    const variables = { DATA_DIR: join(directory, 'data') };
    const outcomes = await Promise.all(['a', 'b', 'c', 'd'].map((user) => runToken(['--sub', user], variables)));
    const verifier = verifierOf(await readFile(join(directory, 'data', 'jwt-secret'), 'utf8'));
    const identities = await Promise.all(outcomes.map(({ stdout }) => verifier.verify(stdout.trim())));
    expect(identities.map(({ userId }) => userId)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('explains bad arguments', async () => {
    const outcome = await runToken(['--ttl', '1h'], { JWT_SECRET: SECRET });
    expect(outcome).toMatchObject({
      exitCode: 64,
      stdout: '',
      stderr: expect.stringMatching(/--sub is missing[^]*usage:/),
    });
  });

  test('cannot sign where a public key verifies', async () => {
    const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const outcome = await runToken(['--sub', 'alice'], { JWT_PUBLIC_KEY: pem });
    expect(outcome).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('only its issuer') });
  });

  test('refuses in production, with a full configuration or none', async () => {
    const keys = { OPENAI_API_KEY: 'k', JWT_SECRET: SECRET, AUDIT_SECRET: SECRET, ENCRYPTION: 'off' };
    const full = { DATABASE_URL: 'postgres://x/y', DATA_DIR: directory, ...keys };
    const outcome = await runToken(['--sub', 'alice'], { NODE_ENV: 'production', ...full });
    expect(outcome).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('off in production') });
    const bare = await runToken(['--sub', 'alice'], { NODE_ENV: 'production' });
    expect(bare).toMatchObject({ exitCode: 78, stdout: '', stderr: expect.stringContaining('in production') });
  });
});
