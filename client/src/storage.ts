/**
 * Where answers that are under way are kept, so that they survive a reload of the page. Prompts and texts are in it: see
 * the README on privacy. Methods may be asynchronous; what they throw never harms an answer.
 */
export interface AnswerStorage {
  get(key: string): string | null | undefined | Promise<string | null | undefined>;
  set(key: string, value: string): void | Promise<void>;
  delete(key: string): void | Promise<void>;
  keys(): string[] | Promise<string[]>;
}

/** Outlives a client, not the process. */
export class MemoryStorage implements AnswerStorage {
  private readonly values = new Map<string, string>();

  get(key: string): string | undefined {
    return this.values.get(key);
  }

  set(key: string, value: string): void {
    this.values.set(key, value);
  }

  delete(key: string): void {
    this.values.delete(key);
  }

  keys(): string[] {
    return [...this.values.keys()];
  }
}

/** As the browser's `localStorage` and `sessionStorage` are. */
export interface WebStorageLike {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Keeps answers in `sessionStorage` (this tab, until it is closed) or `localStorage` (all tabs, until deleted). */
export function webStorage(storage: WebStorageLike): AnswerStorage {
  return {
    get: (key) => storage.getItem(key),
    set: (key, value) => storage.setItem(key, value),
    delete: (key) => storage.removeItem(key),
    keys: () => Array.from({ length: storage.length }, (_, index) => storage.key(index)).filter((key) => key !== null),
  };
}
