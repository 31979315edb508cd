import type { VariableName } from '../environment-variables.js';
import type { GivenVariables } from '../given-variables.js';
import type { GatewayConfig, WrittenSetting } from '../gateway-config/gateway-config.js';
import { pathText, type SettingPath } from '../gateway-config/yaml-source.js';
import { masked, maskedAddress, type Fingerprint, type Shown } from './masked.js';
import { resolvedSettings } from './resolved-settings.js';
import { settingDisclosure } from './setting-disclosures.js';
import { settingLeaves } from './setting-leaves.js';

export const SETTING_SOURCES = ['file', 'environment', 'built-in'] as const;

/** A setting as it is in force. */
export interface EffectiveSetting {
  /** As GATEWAY_CONFIG would have it: 'providers.groq.wire', 'models."gpt-*".fallbacks'. */
  name: string;
  value: Shown;
  source: (typeof SETTING_SOURCES)[number];
  /** Of a file: line and column. */
  at?: string;
  /** That it takes its value from. */
  variables?: readonly string[];
}

/** What the environment says of providers, by the setting that it stands for. */
const OF_ENVIRONMENT: readonly [setting: string, variable: VariableName][] = [
  ['providers.openai.apiKey', 'OPENAI_API_KEY'],
  ['providers.openai.baseUrl', 'OPENAI_BASE_URL'],
  ['providers.claude.apiKey', 'ANTHROPIC_API_KEY'],
  ['providers.claude.baseUrl', 'ANTHROPIC_BASE_URL'],
  ['videos.providers.sora.baseUrl', 'SORA_BASE_URL'],
  ['videos.providers.sora.apiKey', 'SORA_API_KEY'],
  ['videos.providers.sora.dialect', 'SORA_DIALECT'],
  ['videos.providers.sora.models', 'SORA_MODEL'],
  ['videos.providers.runway.apiKey', 'RUNWAYML_API_SECRET'],
  ['videos.providers.runway.baseUrl', 'RUNWAYML_BASE_URL'],
];

/**
 * Every setting of a configuration as it is in force, with secrets masked. What a variable that the file names (`${NAME}`)
 * has to do with is masked, whatever setting it is in.
 */
export function effectiveSettings(
  config: GatewayConfig,
  given: GivenVariables,
  fingerprint: Fingerprint,
): EffectiveSetting[] {
  const settings = settingLeaves(resolvedSettings(config)).map(({ path, value }): EffectiveSetting => {
    const written = writtenAt(path, config);
    const isReferred = written !== undefined && written.variables.length > 0;
    return {
      name: pathText(path),
      value: shownAs(isReferred ? 'secret' : settingDisclosure(path), value, fingerprint),
      ...sourceOf(path, written, given),
    };
  });
  return settings.filter(({ value, source }) => source !== 'built-in' || JSON.stringify(value) !== '{}');
}

function shownAs(as: ReturnType<typeof settingDisclosure>, value: unknown, fingerprint: Fingerprint): Shown {
  if (as === 'plain') return value as Shown;
  return as === 'address' ? maskedAddress(String(value), fingerprint) : masked(value, fingerprint);
}

/** What a deployment does not say holds as its provider says it; a role's models may be one list for everything. */
function writtenAt(path: SettingPath, { written }: GatewayConfig): WrittenSetting | undefined {
  const isOfRole = path[0] === 'roles' && path[2] === 'models';
  return written(path) ?? written(isOfRole ? path.slice(0, 3) : ofProvider(path));
}

/** 'providers.openai.apiKey' for 'providers.openai.deployments[0].apiKey'. */
function ofProvider(path: SettingPath): SettingPath {
  return path[2] === 'deployments' ? [...path.slice(0, 2), ...path.slice(4)] : path;
}

function sourceOf(
  path: SettingPath,
  written: WrittenSetting | undefined,
  given: GivenVariables,
): Pick<EffectiveSetting, 'source' | 'at' | 'variables'> {
  if (written) {
    const { at, variables } = written;
    return { source: 'file', at, ...(variables.length > 0 ? { variables } : {}) };
  }
  const name = pathText(ofProvider(path));
  const variable = OF_ENVIRONMENT.find(([setting]) => name === setting || name.startsWith(`${setting}.`))?.[1];
  if (variable === undefined || given.read(variable) === undefined) return { source: 'built-in' };
  return { source: 'environment', variables: [variable] };
}
