import { PriceList } from '../../billing/pricing/price-list.js';
import type { Environment } from '../../config/environment.js';
import type { GatewayConfig, ModelReference, ProviderSettings } from '../../config/gateway-config/gateway-config.js';
import { fault, warning, type CheckResult, type Finding } from './finding.js';

/** Whether every model that the configuration names has a price: a request for one without is refused. */
export function checkPrices({ gatewayConfig: { initial }, billing, video }: Environment): CheckResult {
  const prices = new PriceList({ config: () => initial, defaultPrice: billing.defaultPriceUsdPerMtok });
  const named = [...namedReferences(initial), ...(initial.providers.length > 0 ? [{ model: video.enhanceModel }] : [])];
  const hasPrice = (reference: ModelReference) => {
    const homes = homesOf(reference, initial.providers);
    return homes.length === 0 || homes.some(({ id }) => prices.priceOf(id, reference.model) !== undefined);
  };
  const unpriced = (references: readonly ModelReference[]) => references.filter((each) => !hasPrice(each)).map(nameOf);
  const aliases = [...initial.aliases].map(([alias, members]) => ({ alias, members, missing: unpriced(members) }));
  const isServed = ({ members, missing }: (typeof aliases)[number]) => missing.length < members.length;
  const refused = [...unpriced(named), ...aliases.filter((each) => !isServed(each)).flatMap(({ missing }) => missing)];
  const passed = aliases
    .filter(isServed)
    .flatMap(({ alias, missing }) => missing.map((name) => passedOver(alias, name)));
  const count = named.length + aliases.flatMap(({ members }) => members).length;
  return {
    check: 'prices',
    findings: [...[...new Set(refused)].map(finding), ...passed],
    note: `${count} models are named`,
  };
}

/** Those that are to be there; of an alias one of several is enough. */
function namedReferences({ providers, models }: GatewayConfig): ModelReference[] {
  return [
    ...providers.flatMap(({ id, models: own = [] }) =>
      own.filter(({ isExact }) => isExact).map(({ text }) => ({ providerId: id, model: text })),
    ),
    ...models
      .filter(({ pattern }) => pattern.isExact)
      .map(({ providerId, pattern }) => ({ ...(providerId === undefined ? {} : { providerId }), model: pattern.text })),
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

function passedOver(alias: string, name: string): Finding {
  return warning(
    `The alias '${alias}' passes over '${name}', which has no price at the providers here`,
    'Give it one, or its provider a key; or take it out of the alias.',
  );
}

function finding(name: string): Finding {
  return fault(
    `The model '${name}' has no price: requests for it are refused`,
    `Give it one in GATEWAY_CONFIG (models."${name}".price), or set DEFAULT_PRICE_USD_PER_MTOK.`,
  );
}
