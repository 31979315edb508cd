import { statSync, watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

/** Editors write in several steps: they are waited for. */
const SETTLE_MS = 100;

/**
 * Tells when a file may have changed. It watches the folder, as editors (and Kubernetes) put another file in its place
 * rather than write into it.
 */
export class FileWatch {
  private readonly watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private seen: string;

  /** @param onTrouble is told once where the folder can't be watched any longer */
  constructor(
    private readonly path: string,
    private readonly onChange: () => void,
    onTrouble: (error: Error) => void,
  ) {
    this.seen = this.state();
    try {
      this.watcher = watch(dirname(path), { persistent: false }, () => this.look());
      this.watcher.on('error', onTrouble);
    } catch (error) {
      onTrouble(error as Error); // as where the system has no more watches to give
    }
  }

  close(): void {
    clearTimeout(this.timer);
    this.watcher?.close();
  }

  /** Anything in the folder may be a part of it: the file itself may be a link that stays as it is. */
  private look(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const state = this.state();
      if (state === this.seen) return;
      this.seen = state;
      this.onChange();
    }, SETTLE_MS);
  }

  private state(): string {
    try {
      const { ino, size, mtimeNs } = statSync(this.path, { bigint: true });
      return `${ino} ${size} ${mtimeNs}`;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'unknown';
    }
  }
}
