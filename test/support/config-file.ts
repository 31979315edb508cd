import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file for GATEWAY_CONFIG in a folder of its own. */
export class ConfigFile {
  private readonly folder = mkdtempSync(join(tmpdir(), 'gateway-config-'));
  readonly path = join(this.folder, 'gateway.yaml');

  constructor(text: string) {
    writeFileSync(this.path, text);
  }

  /** Writes into the file. */
  write(text: string): void {
    writeFileSync(this.path, text);
  }

  /** Puts another file in its place, as editors do. */
  replace(text: string): void {
    const next = join(this.folder, '.gateway.yaml.swp');
    writeFileSync(next, text);
    renameSync(next, this.path);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
