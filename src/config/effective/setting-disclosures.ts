import type { SettingPath } from '../gateway-config/yaml-source.js';
import type { VariableDisclosure } from './variable-disclosures.js';

/** What may be shown of a GATEWAY_CONFIG; `*` is any name or number. What is not here is masked. */
const PLAIN = [
  'providers.*.wire',
  'providers.*.models',
  'providers.*.capabilities.*',
  'providers.*.concurrency',
  'providers.*.priceListId',
  'providers.*.deployments.*.name',
  'providers.*.deployments.*.weight',
  'aliases.*',
  'models.*.fallbacks',
  'models.*.contextFallbacks',
  'models.*.contentFilterFallbacks',
  'models.*.deadlines.*',
  'models.*.concurrency',
  'models.*.price.*',
  'models.*.capabilities.*',
  'roles.*.capabilities',
  'roles.*.models',
  'roles.*.models.*',
  'roles.*.limits.*',
  'routing.strategy',
  'routing.weights.*',
  'videos.providers.*.wire',
  'videos.providers.*.dialect',
  'videos.providers.*.models.*.operations',
  'videos.providers.*.models.*.seconds',
  'videos.providers.*.models.*.sizes.*',
  'videos.providers.*.models.*.price.*',
  'alerts.rules.*.*',
  'alerts.objective',
  'alerts.resolveAfterMs',
  'alerts.repeatMs',
  'alerts.runbookUrl', // it stands in every alert
  'alerts.webhooks.*.minimumSeverity',
];
const ADDRESSES = [
  'providers.*.baseUrl',
  'providers.*.deployments.*.baseUrl',
  'videos.providers.*.baseUrl',
  'alerts.webhooks.*.url',
];

/** What an administrator may see of a setting. */
export function settingDisclosure(path: SettingPath): VariableDisclosure['as'] {
  if (PLAIN.some((pattern) => fits(pattern, path))) return 'plain';
  return ADDRESSES.some((pattern) => fits(pattern, path)) ? 'address' : 'secret';
}

function fits(pattern: string, path: SettingPath): boolean {
  const steps = pattern.split('.');
  return steps.length === path.length && steps.every((step, index) => step === '*' || step === path[index]);
}
