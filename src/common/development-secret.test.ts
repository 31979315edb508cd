import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDevelopmentSecret } from './development-secret.js';

describe('the development secret', () => {
  let parent: string;
  let directory: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'secret-'));
    directory = join(parent, 'data', 'deep');
  });
  afterEach(() => rm(parent, { recursive: true }));

  test('is generated once, for its owner only, and reused', async () => {
    const secret = await loadDevelopmentSecret(directory, 'jwt-secret');
    expect(Buffer.from(secret, 'base64url')).toHaveLength(48);
    expect((await stat(join(directory, 'jwt-secret'))).mode & 0o777).toBe(0o600);
    expect(await loadDevelopmentSecret(directory, 'jwt-secret')).toBe(secret);
  });

  test('is the same for all who start at once, and no draft stays behind', async () => {
    const secrets = await Promise.all(Array.from({ length: 20 }, () => loadDevelopmentSecret(directory, 'jwt-secret')));
    expect(new Set(secrets).size).toBe(1);
    expect(await readFile(join(directory, 'jwt-secret'), 'utf8')).toBe(secrets[0]);
    expect(await readdir(directory)).toEqual(['jwt-secret']);
  });

  test('of another purpose is another one', async () => {
    const secret = await loadDevelopmentSecret(directory, 'jwt-secret');
    expect(await loadDevelopmentSecret(directory, 'media-secret')).not.toBe(secret);
    expect((await readdir(directory)).sort()).toEqual(['jwt-secret', 'media-secret']);
  });

  test('that is too short is refused, naming the file', async () => {
    await writeFile(join(parent, 'jwt-secret'), 'short\n');
    await expect(loadDevelopmentSecret(parent, 'jwt-secret')).rejects.toThrow(
      `${join(parent, 'jwt-secret')} holds less than 32 bytes`,
    );
  });

  test('cannot be where the folder is a file', async () => {
    await writeFile(join(parent, 'file'), '');
    await expect(loadDevelopmentSecret(join(parent, 'file'), 'jwt-secret')).rejects.toThrow('ENOTDIR');
  });
});
