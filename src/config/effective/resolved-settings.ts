import { ALERT_NAMES } from '../gateway-config/alert-rules.js';
import type { AlertSettings } from '../gateway-config/alert-settings.js';
import type {
  EndpointSettings,
  GatewayConfig,
  ModelReference,
  ProviderSettings,
} from '../gateway-config/gateway-config.js';
import type { ModelPattern } from '../gateway-config/model-pattern.js';
import type { RoleLimits, RoleSettings } from '../gateway-config/role-settings.js';
import type { VideoProviderSettings } from '../video-provider-settings.js';

const MICRO_CREDITS = 1_000_000;

/**
 * A configuration in the form of its file, with all that was left out: what the environment says of providers, what is
 * built in of roles and alerts. Members without a value are undefined. Secrets are in it.
 */
export function resolvedSettings(config: GatewayConfig): object {
  const { providers, aliases, models, roles, strategy, weights, videoProviders, alerts } = config;
  return {
    providers: byName(providers, ({ id }) => id, providerOf),
    aliases: byName(
      [...aliases],
      ([name]) => name,
      ([, targets]) => targets.map(referenceText),
    ),
    models: byName(
      models,
      ({ name }) => name,
      ({ name: _, providerId: __, pattern: ___, ...rule }) => ({
        ...rule,
        fallbacks: rule.fallbacks?.map(referenceText),
        contextFallbacks: rule.contextFallbacks?.map(referenceText),
        contentFilterFallbacks: rule.contentFilterFallbacks?.map(referenceText),
      }),
    ),
    roles: byName(
      [...roles],
      ([name]) => name,
      ([, role]) => roleOf(role),
    ),
    routing: { strategy, weights: Object.fromEntries(weights) },
    videos: { providers: byName(videoProviders, ({ id }) => id, videoProviderOf) },
    alerts: alertsOf(alerts),
  };
}

function byName<T>(all: readonly T[], name: (each: T) => string, value: (each: T) => unknown): Record<string, unknown> {
  return Object.fromEntries(all.map((each) => [name(each), value(each)]));
}

/** Members that are undefined are none. */
function providerOf({ id, endpoints, models, wire, capabilities, concurrency, priceListId }: ProviderSettings): object {
  const [only] = endpoints;
  const addresses =
    only?.id === id ? addressOf(only) : { deployments: endpoints.map((endpoint) => deploymentOf(id, endpoint)) };
  return { wire, ...addresses, models: models?.map(patternText), capabilities, concurrency, priceListId };
}

function deploymentOf(id: string, endpoint: EndpointSettings): object {
  return { name: endpoint.id.slice(id.length + 1), ...addressOf(endpoint), weight: endpoint.weight };
}

function addressOf({ apiKey, baseUrl, headers }: EndpointSettings): object {
  return { baseUrl, apiKey, headers };
}

function roleOf({ capabilities, models, limits }: RoleSettings): object {
  return {
    capabilities,
    models: byName(
      Object.entries(models),
      ([operation]) => operation,
      ([, patterns]) => patterns.map(patternText),
    ),
    limits: inCredits(limits),
  };
}

function inCredits({ creditsPerDay, creditsPerMonth, ...limits }: RoleLimits): RoleLimits {
  return {
    ...limits,
    ...(creditsPerDay === undefined ? {} : { creditsPerDay: creditsPerDay / MICRO_CREDITS }),
    ...(creditsPerMonth === undefined ? {} : { creditsPerMonth: creditsPerMonth / MICRO_CREDITS }),
  };
}

function videoProviderOf({ id: _, models, ...provider }: VideoProviderSettings): object {
  return {
    ...provider,
    models:
      models &&
      byName(
        models,
        ({ name }) => name,
        ({ name: __, ...model }) => model,
      ),
  };
}

function alertsOf({ rules, webhooks, ...settings }: AlertSettings): object {
  return {
    ...settings,
    rules: byName(
      ALERT_NAMES,
      (name) => name,
      (name) => {
        const { summary: _, ...rule } = rules.get(name) ?? {};
        return { enabled: rules.has(name), ...rule };
      },
    ),
    webhooks: byName(
      webhooks,
      ({ name }) => name,
      ({ name: _, ...webhook }) => webhook,
    ),
  };
}

const patternText = ({ text }: ModelPattern) => text;

function referenceText({ providerId, model }: ModelReference): string {
  return providerId === undefined ? model : `${providerId}:${model}`;
}
