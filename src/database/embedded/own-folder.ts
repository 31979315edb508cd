import { chmod, lstat, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder that every user may enter, whatever our umask. False where that fails, or where it or the folder above
 * belongs to neither root nor us: somebody else could have made it in a public place to hand us a trap.
 */
export async function makeOwnFolder(path: string): Promise<boolean> {
  try {
    const firstMade = await mkdir(path, { recursive: true });
    for (let made = path; firstMade !== undefined && made.startsWith(firstMade); made = dirname(made))
      await chmod(made, 0o755);
    const folders = await Promise.all([lstat(path), lstat(dirname(path))]);
    return folders.every((folder) => folder.isDirectory() && [0, process.getuid?.()].includes(folder.uid));
  } catch {
    return false;
  }
}
