import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fault, warning, type CheckResult } from './finding.js';

const MEBIBYTE = 1024 * 1024;

/** In bytes. */
export interface DiskNeeds {
  /** With less nothing can be written soon. */
  least: number;
  /** With less an operator had better look. */
  comfortable: number;
}

const USUAL: DiskNeeds = { least: 256 * MEBIBYTE, comfortable: 2048 * MEBIBYTE };

/** Whether there is room where data is kept. */
export async function checkDisk(folder: string, { least, comfortable }: DiskNeeds = USUAL): Promise<CheckResult> {
  const { bavail, bsize, ffree, files } = await nearest(resolve(folder));
  const free = bavail * bsize;
  const text = `${Math.floor(free / MEBIBYTE)} MiB free`;
  const advice = 'Make room, or move DATA_DIR (videos: MEDIA_KEEP_MS, MEDIA_S3_BUCKET).';
  const noInodes = files > 0 && ffree === 0;
  const findings = noInodes
    ? [fault(`The disk of ${folder} has room for no further file`, advice)]
    : free < least
      ? [fault(`The disk of ${folder} is full: ${text}`, advice)]
      : free < comfortable
        ? [warning(`The disk of ${folder} is nearly full: ${text}`, advice)]
        : [];
  return { check: 'disk', findings, note: text };
}

/** Of the folder, or of the nearest one above it that is there. */
async function nearest(folder: string): Promise<StatsFs> {
  try {
    return await statfs(folder);
  } catch (error) {
    const above = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error;
    return nearest(above);
  }
}
