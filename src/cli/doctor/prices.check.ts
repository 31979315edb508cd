import { PriceList } from '../../billing/pricing/price-list.js';
import type { Environment } from '../../config/environment.js';
import type { GatewayConfig, ModelReference, ProviderSettings } from '../../config/gateway-config/gateway-config.js';
import { fault, type CheckResult, type Finding } from './finding.js';

/** Whether every model that the configuration names has a price: a request for one without is refused. */
export function checkPrices({ gatewayConfig: { initial }, billing, video }: Environment): CheckResult {
  const prices = new PriceList({ config: () => initial, defaultPrice: billing.defaultPriceUsdPerMtok });
  const named = [...namedReferences(initial), ...(initial.providers.length > 0 ? [{ model: video.enhanceModel }] : [])];
  const unpriced = named.filter((reference) => {
    const homes = homesOf(reference, initial.providers);
    return homes.length > 0 && homes.every(({ id }) => prices.priceOf(id, reference.model) === undefined);
  });
  const names = [...new Set(unpriced.map(nameOf))];
  return { check: 'prices', findings: names.map(finding), note: `${named.length} models are named` };
}

function namedReferences({ providers, models, aliases }: GatewayConfig): ModelReference[] {
  return [
    ...providers.flatMap(({ id, models: own = [] }) =>
      own.filter(({ isExact }) => isExact).map(({ text }) => ({ providerId: id, model: text })),
    ),
    ...models
      .filter(({ pattern }) => pattern.isExact)
      .map(({ providerId, pattern }) => ({ ...(providerId === undefined ? {} : { providerId }), model: pattern.text })),
    ...[...aliases.values()].flat(),
    ...models.flatMap(({ fallbacks = [], contextFallbacks = [], contentFilterFallbacks = [] }) => [
      ...fallbacks,
      ...contextFallbacks,
      ...contentFilterFallbacks,
    ]),
  ];
}

/** Where it may be had; a provider that names no models may have any. */
function homesOf({ providerId, model }: ModelReference, providers: readonly ProviderSettings[]): ProviderSettings[] {
  return providers.filter(
    ({ id, models }) =>
      (providerId ?? id) === id && (models === undefined || models.some((pattern) => pattern.matches(model))),
  );
}

function nameOf({ providerId, model }: ModelReference): string {
  return providerId === undefined ? model : `${providerId}:${model}`;
}

function finding(name: string): Finding {
  return fault(
    `The model '${name}' has no price: requests for it are refused`,
    `Give it one in GATEWAY_CONFIG (models."${name}".price), or set DEFAULT_PRICE_USD_PER_MTOK.`,
  );
}
