import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { readFileSync } from 'node:fs';
import { similarName } from '../../common/nearest-name.js';
import type { SettingPath } from './yaml-source.js';

/** The published schema: the one copy is the repository's, beside `dist` as it is beside `src`. */
const SCHEMA_FILE = new URL('../../../contracts/gateway-config.schema.json', import.meta.url);

/** What is wrong at a place. */
export interface SettingFault {
  path: SettingPath;
  /** It is the setting's name that is wrong, not its value. */
  isName: boolean;
  message: string;
}

/** A schema's own words for what is allowed. */
interface Worded {
  'x-allowed'?: string;
  properties?: object;
  enum?: unknown[];
}

const SECRET = new Set(['apiKey', 'headers', 'baseUrl', 'secret', 'url']);
const LONGEST_SHOWN = 60;

let compiled: ValidateFunction | undefined;

/**
 * Holds a configuration against the published JSON schema.
 * @param written the same before its references were resolved: faults show nothing of the environment
 * @returns at most one fault for each place
 */
export function schemaFaults(config: unknown, written: unknown): SettingFault[] {
  const validate = (compiled ??= compile());
  if (validate(config)) return [];
  const byPlace = new Map<string, SettingFault>();
  for (const error of validate.errors ?? []) {
    const fault = explain(error, written);
    const place = JSON.stringify([fault.path, fault.isName]);
    if (!byPlace.has(place)) byPlace.set(place, fault);
  }
  return [...byPlace.values()];
}

function compile(): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true });
  ajv.addVocabulary(['x-allowed']);
  return ajv.compile(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as object);
}

function explain(
  { keyword, params, instancePath, propertyName, parentSchema }: ErrorObject,
  written: unknown,
): SettingFault {
  const { path, value } = lookUp(instancePath, written);
  const { 'x-allowed': allowed, properties, enum: values } = parentSchema as Worded;
  if (keyword === 'additionalProperties') {
    const { additionalProperty: name } = params as { additionalProperty: string };
    return { path: [...path, name], isName: true, message: unknownSetting(name, Object.keys(properties ?? {})) };
  }
  if (keyword === 'required') {
    const { missingProperty } = params as { missingProperty: string };
    return { path: [...path, missingProperty], isName: false, message: 'is missing' };
  }
  if (propertyName !== undefined || keyword === 'propertyNames') {
    const name = propertyName ?? (params as { propertyName: string }).propertyName;
    return {
      path: [...path, name],
      isName: true,
      message: `is no name for this; allowed: ${allowed ?? 'another one'}`,
    };
  }
  const rule = allowed ?? values?.join(', ') ?? kindOf(parentSchema as { type?: string });
  return { path, isName: false, message: `${shown(path, value)}; allowed: ${rule}` };
}

function unknownSetting(name: string, known: readonly string[]): string {
  const similar = similarName(name, known);
  return `is no setting; ${similar === undefined ? `allowed: ${known.join(', ')}` : `did you mean ${similar}?`}`;
}

/** A secret, or what may hold one, is not shown. */
function shown(path: SettingPath, value: unknown): string {
  if (path.some((step) => SECRET.has(String(step)))) return "has a value that can't be used";
  if (typeof value === 'object' && value !== null) return `is a ${Array.isArray(value) ? 'list' : 'mapping'}`;
  const text = String(value);
  return value === null ? 'is empty' : `is '${text.slice(0, LONGEST_SHOWN)}${text.length > LONGEST_SHOWN ? '…' : ''}'`;
}

function kindOf({ type }: { type?: string }): string {
  return type === 'object' ? 'a mapping' : (type ?? 'something else');
}

/** What a JSON pointer points to; in its path, steps into lists are numbers. */
function lookUp(pointer: string, root: unknown): { path: SettingPath; value: unknown } {
  let value = root;
  const path = pointer
    .split('/')
    .slice(1)
    .map((step) => {
      const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
      const key = Array.isArray(value) ? Number(name) : name;
      value = (value as Record<string | number, unknown> | undefined)?.[key];
      return key;
    });
  return { path, value };
}
