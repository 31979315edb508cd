import { mkdir, mkdtemp, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkLibraries } from './library-links.js';

describe('linkLibraries', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'library-links-'));
    await mkdir(join(folder, 'copy/lib'), { recursive: true });
    const links = [
      { source: 'native/lib/liba.so.1.2', target: 'native/lib/liba.so' },
      { source: 'native/lib/liba.so.1.2', target: 'native/lib/liba.so.1' },
    ];
    await writeFile(join(folder, 'copy/pg-symlinks.json'), JSON.stringify(links));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('makes the links that are missing, relative, in whatever folder the libraries are', async () => {
    await linkLibraries(join(folder, 'copy'));
    await linkLibraries(join(folder, 'copy'));
    expect(await readlink(join(folder, 'copy/lib/liba.so'))).toBe('liba.so.1.2');
    expect(await readlink(join(folder, 'copy/lib/liba.so.1'))).toBe('liba.so.1.2');
  });

  it('does nothing where the package lists none', async () => {
    await expect(linkLibraries(join(folder, 'elsewhere'))).resolves.toBeUndefined();
  });
});
