import type { GatewayConfig, ModelReference } from '../config/gateway-config/gateway-config.js';
import type { SettingPath } from '../config/gateway-config/yaml-source.js';
import { similarName } from '../common/nearest-name.js';
import type { ConfiguredProvider } from './configured-provider.js';

const CHAINS = ['fallbacks', 'contextFallbacks', 'contentFilterFallbacks'] as const;

/** What can only be seen by those who know which models the providers have: names that lead nowhere. */
export function configFaults(config: GatewayConfig, providers: readonly ConfiguredProvider[]): string[] {
  const ids = providers.map(({ id }) => id);
  const faultOf = (reference: ModelReference, path: SettingPath, mustBeKnown: boolean): string[] => {
    const message = misses(reference, providers, ids, mustBeKnown);
    return message === undefined ? [] : [`${config.locate(path)} ${message}`];
  };
  const ofRules = config.models.flatMap((rule) =>
    CHAINS.flatMap((chain) =>
      (rule[chain] ?? []).flatMap((reference, index) => faultOf(reference, ['models', rule.name, chain, index], true)),
    ),
  );
  const ofAliases = [...config.aliases].flatMap(([alias, references]) =>
    references.flatMap((reference) => faultOf(reference, ['aliases', alias], false)),
  );
  return [...ofAliases, ...ofRules];
}

/** @param mustBeKnown a model that nobody calls its own is not asked for at random: it takes a provider's name */
function misses(
  { providerId, model }: ModelReference,
  providers: readonly ConfiguredProvider[],
  ids: readonly string[],
  mustBeKnown: boolean,
): string | undefined {
  if (providerId !== undefined) {
    const provider = providers.find(({ id }) => id === providerId)!;
    return provider.serves(model) ? undefined : `names '${model}', which is none of the models of ${providerId}`;
  }
  if (providers.some((provider) => provider.capabilities(model).isNative)) return undefined;
  if (!mustBeKnown && providers.some((provider) => provider.serves(model))) return undefined;
  const colon = model.indexOf(':');
  const meant = colon < 0 ? undefined : similarName(model.slice(0, colon), ids);
  const advice =
    meant === undefined
      ? `name its provider before it, as in '${ids[0] ?? 'provider'}:${model}'`
      : `did you mean '${meant}:${model.slice(colon + 1)}'?`;
  return `names '${model}', which no provider here calls its own; ${advice}`;
}
