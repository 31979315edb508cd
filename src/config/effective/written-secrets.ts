import type { GatewayConfig } from '../gateway-config/gateway-config.js';
import { pathText, type SettingPath } from '../gateway-config/yaml-source.js';
import { resolvedSettings } from './resolved-settings.js';
import { secretsIn } from './secret-texts.js';
import { settingDisclosure } from './setting-disclosures.js';
import { settingLeaves } from './setting-leaves.js';

/** Of headers, which are masked one and all: those that are for secrets. */
const SECRET_HEADER = /auth|key|token|secret|cookie/i;

/** The settings whose secrets stand in the file itself, instead of in a variable that it names. */
export function writtenSecrets(config: GatewayConfig): string[] {
  return settingLeaves(resolvedSettings(config))
    .filter(({ path, value }) => isSecret(path, value) && config.written(path)?.variables.length === 0)
    .map(({ path }) => pathText(path));
}

function isSecret(path: SettingPath, value: unknown): boolean {
  if (path.at(-2) === 'headers') return SECRET_HEADER.test(String(path.at(-1)));
  return secretsIn(settingDisclosure(path), value).length > 0;
}
