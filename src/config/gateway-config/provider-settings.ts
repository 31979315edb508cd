import type { EndpointSettings, ProviderSettings, Wire } from './gateway-config.js';
import { ModelPattern } from './model-pattern.js';
import type { WrittenEndpoint, WrittenProvider } from './written-config.js';

/** A provider's key and address as the environment gives them. */
export interface EnvironmentProvider {
  apiKey: string;
  baseUrl?: string;
}

/** The providers that need no word in the file: what they speak, and how the public price list calls them. */
const BUILT_IN: Readonly<Record<string, { wire: Wire; priceListId: string; variable: string }>> = {
  openai: { wire: 'openai', priceListId: 'openai', variable: 'OPENAI_API_KEY' },
  claude: { wire: 'anthropic', priceListId: 'anthropic', variable: 'ANTHROPIC_API_KEY' },
};

/** Tells what is wrong with a provider: the names of settings below it, and the fault. */
export type ProviderFault = (path: (string | number)[], message: string) => void;

/**
 * One provider, from what the file and the environment say of it together.
 * @param fault is told of everything that keeps it from being used
 */
export function providerSettings(
  id: string,
  written: WrittenProvider,
  environment: EnvironmentProvider | undefined,
  fault: ProviderFault,
): ProviderSettings {
  const builtIn = Object.hasOwn(BUILT_IN, id) ? BUILT_IN[id] : undefined;
  const wire = written.wire ?? builtIn?.wire;
  if (!wire) fault(['wire'], 'is missing; allowed: openai, anthropic');
  const { models, capabilities = {}, concurrency, priceListId } = written;
  return {
    id,
    wire: wire ?? 'openai',
    endpoints: endpointsOf(id, written, environment, fault),
    ...(models ? { models: models.map((pattern) => new ModelPattern(pattern)) } : {}),
    isVendor: builtIn !== undefined,
    capabilities,
    ...(concurrency === undefined ? {} : { concurrency }),
    priceListId: priceListId ?? usualPriceListId(id),
  };
}

/** How the public price list calls a provider, where nothing else is configured. */
export function usualPriceListId(id: string): string {
  return Object.hasOwn(BUILT_IN, id) ? BUILT_IN[id]!.priceListId : id;
}

/** What the operator should know: a key of the environment that the file leaves out. */
export function unusedKey(
  { id, endpoints }: ProviderSettings,
  environment: EnvironmentProvider | undefined,
): string | undefined {
  if (!environment || endpoints.some(({ apiKey }) => apiKey === environment.apiKey)) return undefined;
  return `${BUILT_IN[id]!.variable} is used by no deployment of ${id}; one without apiKey would take it`;
}

function endpointsOf(
  id: string,
  written: WrittenProvider,
  environment: EnvironmentProvider | undefined,
  fault: ProviderFault,
): EndpointSettings[] {
  const common: WrittenEndpoint = { ...environment, ...given(written) };
  if (!written.deployments) {
    lackingAddress(id, common).forEach(([setting, message]) => fault([setting], message));
    return [endpoint(id, common, 1)];
  }
  const names = new Set<string>();
  return written.deployments.map((deployment, index) => {
    const { name, weight = 1 } = deployment;
    const at = ['deployments', index];
    if (names.has(name)) fault([...at, 'name'], `is '${name}' like that of another one; allowed: a name of its own`);
    names.add(name);
    const whole = { ...common, ...given(deployment), headers: { ...common.headers, ...deployment.headers } };
    lackingAddress(id, whole).forEach(([setting, message]) => fault([...at, setting], message));
    return endpoint(`${id}/${name}`, whole, weight);
  });
}

function endpoint(id: string, { apiKey, baseUrl, headers = {} }: WrittenEndpoint, weight: number): EndpointSettings {
  return {
    id,
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    headers,
    weight,
  };
}

function given({ apiKey, baseUrl, headers }: WrittenEndpoint): WrittenEndpoint {
  return {
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(headers === undefined ? {} : { headers }),
  };
}

/** A vendor's own address wants a key; any other server has to say where it is. */
function lackingAddress(id: string, { apiKey, baseUrl }: WrittenEndpoint): [setting: string, message: string][] {
  if (baseUrl !== undefined) return [];
  const builtIn = Object.hasOwn(BUILT_IN, id) ? BUILT_IN[id] : undefined;
  if (!builtIn) return [['baseUrl', `is missing; only ${Object.keys(BUILT_IN).join(' and ')} have a known address`]];
  return apiKey === undefined ? [['apiKey', `is missing; give it here or as ${builtIn.variable}`]] : [];
}
