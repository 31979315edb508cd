import { VARIABLES, type VariableName } from '../environment-variables.js';
import type { Environment } from '../environment.js';
import { resolvedSettings } from './resolved-settings.js';
import { settingDisclosure } from './setting-disclosures.js';
import { settingLeaves } from './setting-leaves.js';
import { VARIABLE_DISCLOSURES, type VariableDisclosure } from './variable-disclosures.js';

/** What administrators are not shown of a configuration, text by text: to be looked for in what others wrote. */
export function secretTexts({ given, gatewayConfig }: Environment): string[] {
  const variables = (Object.keys(VARIABLES) as VariableName[]).map((name) =>
    secretsIn(VARIABLE_DISCLOSURES[name].as, given.read(name)),
  );
  const settings = settingLeaves(resolvedSettings(gatewayConfig.initial)).map(({ path, value }) =>
    secretsIn(settingDisclosure(path), value),
  );
  return [...new Set([...variables, ...settings].flat())];
}

/** The secrets in a value that is shown so. */
export function secretsIn(as: VariableDisclosure['as'], value: unknown): string[] {
  if (as === 'plain') return [];
  return as === 'secret' ? textsIn(value) : textsIn(value).flatMap(secretsOfAddress);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  if ('id' in value && 'key' in value) return textsIn(value.key); // the id of an encryption key is told to operators
  return Object.values(value).flatMap(textsIn);
}

/** As they stand in it, and as they are sent. */
function secretsOfAddress(address: string): string[] {
  if (!URL.canParse(address)) return [];
  const { password, searchParams } = new URL(address);
  return [password, decoded(password), ...searchParams.values()].filter((text) => text !== '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
