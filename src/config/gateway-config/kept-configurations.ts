import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A copy of a configuration that was in force. */
export interface KeptConfiguration {
  /** Its file's name, by which it is asked for. */
  name: string;
  /** When it first came into force, as text of ISO 8601 (UTC, whole seconds). */
  at: string;
  /** The first 12 hexadecimal digits of its text's SHA-256. */
  digest: string;
}

const MOST_KEPT = 10;
/** Colons are no good in the names of files: 2026-11-22T09-30-00Z-1f2e3d4c5b6a.yaml */
const NAME = /^(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\dZ)-([0-9a-f]{12})\.yaml$/;

/** The last configurations that worked, in `configurations` of a data directory: what a rollback goes back to. */
export class KeptConfigurations {
  private readonly folder: string;

  constructor(dataDirectory: string) {
    this.folder = join(dataDirectory, 'configurations');
  }

  /** Newest first. Empty where nothing was ever kept. */
  list(): KeptConfiguration[] {
    return this.names().sort().reverse().map(described);
  }

  /**
   * Keeps a text that came into force, unless it is the newest one kept, and drops all but the newest ten. Several
   * processes may keep at once. Readable by its owner alone: there may be keys in it.
   * @throws Error of the file system
   */
  keep(text: string, now = new Date()): void {
    const digest = digestOf(text);
    if (this.list()[0]?.digest === digest) return;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const at = now.toISOString().replace(/\.\d{3}Z$/, 'Z');
    const path = join(this.folder, `${at.replaceAll(':', '-')}-${digest}.yaml`);
    const draft = `${path}.${process.pid}.part`;
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, path);
    for (const { name } of this.list().slice(MOST_KEPT)) rmSync(join(this.folder, name), { force: true });
  }

  /** The text of one. @throws Error where it is not there */
  read(name: string): string {
    if (!this.names().includes(name)) throw new Error(`No configuration is kept as '${name}'`);
    return readFileSync(join(this.folder, name), 'utf8');
  }

  private names(): string[] {
    try {
      return readdirSync(this.folder).filter((name) => NAME.test(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function described(name: string): KeptConfiguration {
  const [, day, hours, minutes, seconds, digest] = NAME.exec(name)!;
  return { name, at: `${day}${hours}:${minutes}:${seconds}`, digest: digest! };
}
