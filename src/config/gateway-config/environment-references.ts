import type { SettingPath } from './yaml-source.js';

/** The environment, as its one reader hands it in. */
export type EnvironmentSource = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\{([^}]*)\}?/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The same tree with every `${NAME}` in its texts replaced by the environment's value.
 * @param onFault is told of each reference that can't be resolved; it stays as it is written
 */
export function resolveReferences(
  value: unknown,
  source: EnvironmentSource,
  onFault: (path: SettingPath, message: string) => void,
  path: SettingPath = [],
): unknown {
  if (typeof value === 'string') {
    return value.replace(REFERENCE, (text, name: string) => {
      const isWritten = NAME.test(name) && text.endsWith('}');
      const resolved = isWritten ? source[name] : undefined;
      if (resolved) return resolved;
      onFault(
        path,
        isWritten ? `names ${name}, which the environment does not set` : 'has a reference that is not written ${NAME}',
      );
      return text;
    });
  }
  const resolve = (each: unknown, key: string | number) => resolveReferences(each, source, onFault, [...path, key]);
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each, key)]));
}

/** The names that `${NAME}` stands for in a tree's texts, each once. */
export function referencesIn(value: unknown): string[] {
  if (typeof value === 'string') return [...new Set([...value.matchAll(REFERENCE)].map(([, name]) => name!))];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(referencesIn))];
}
