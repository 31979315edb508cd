import { readFile, symlink, lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

interface LibraryLink {
  /** The file that the link points to, and the link, both as `native/lib/…`. */
  source: string;
  target: string;
}

/**
 * Makes the links between shared libraries that npm packages can't carry. The package's own install script does the
 * same, but npm runs it only where it was allowed to. `nativeDirectory` holds bin, lib, share and pg-symlinks.json.
 * @throws the file system's error (EACCES, EROFS) where a link is missing and can't be made.
 */
export async function linkLibraries(nativeDirectory: string): Promise<void> {
  for (const { source, target } of await readLinks(nativeDirectory)) {
    const path = join(dirname(nativeDirectory), target.replace(/^native/, basename(nativeDirectory)));
    if (await lstat(path).catch(() => undefined)) continue;
    await symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error; // another process made it meanwhile
    });
  }
}

async function readLinks(nativeDirectory: string): Promise<LibraryLink[]> {
  const text = await readFile(join(nativeDirectory, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  return JSON.parse(text) as LibraryLink[];
}
