import { lstatSync, readFileSync, renameSync, writeFileSync, type Stats } from 'node:fs';
import { digestOf, type KeptConfiguration, type KeptConfigurations } from './kept-configurations.js';

/** What a rollback did. */
export interface RollBack {
  to: KeptConfiguration;
  /** Where the file's text of before lies now; absent: there was no file. */
  replaced?: string;
}

/** Why there is nothing to go back to; the message says it to the operator. */
export class RollBackError extends Error {
  override readonly name = 'RollBackError';
}

/**
 * Puts a configuration that was in force in the place of the GATEWAY_CONFIG file; running processes read it then, as
 * after any change. What the file said stays beside it.
 * @param name of a kept one; absent: the newest that says something else than the file does
 * @throws RollBackError where there is none, or where the file is not an ordinary one; nothing is changed then
 */
export function rollBack(path: string, kept: KeptConfigurations, name?: string): RollBack {
  const found = lstatSync(path, { throwIfNoEntry: false });
  assertOrdinary(path, found);
  const present = found && readFileSync(path, 'utf8');
  const to = chosen(kept.list(), name, present === undefined ? undefined : digestOf(present));
  const text = kept.read(to.name);
  const replaced = `${path}.replaced`;
  if (present !== undefined) writeFileSync(replaced, present, { mode: 0o600 });
  const draft = `${path}.${process.pid}.part`;
  writeFileSync(draft, text, { mode: found ? found.mode & 0o777 : 0o600 });
  renameSync(draft, path);
  return present === undefined ? { to } : { to, replaced };
}

/** A link is somebody else's way of putting files in place, as Kubernetes' with a ConfigMap. */
function assertOrdinary(path: string, found: Stats | undefined): void {
  if (found?.isSymbolicLink())
    throw new RollBackError(`${path} is a link: whoever makes it must put the older file in its place`);
  if (found && !found.isFile()) throw new RollBackError(`${path} is no file`);
}

function chosen(all: KeptConfiguration[], name: string | undefined, present: string | undefined): KeptConfiguration {
  const found = all.find((each) => (name === undefined ? each.digest !== present : each.name === name));
  if (found) return found;
  throw new RollBackError(
    name === undefined
      ? 'No other configuration than that of the file is kept'
      : `No configuration is kept as '${name}'`,
  );
}
