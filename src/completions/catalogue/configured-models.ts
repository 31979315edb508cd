import type { GatewayConfig, ModelReference } from '../../config/gateway-config/gateway-config.js';
import type { ModelPattern } from '../../config/gateway-config/model-pattern.js';
import { ruleWith } from '../../config/gateway-config/model-rules.js';
import type { ModelFacts } from './describe-model.js';
import { modelTypeOf, type ModelType } from './model-type.js';

type NamingConfig = Pick<GatewayConfig, 'aliases' | 'models' | 'providers'>;

/** The models that a configuration speaks of: its aliases, what providers are said to have, and what has a price. */
export function configuredModels(config: NamingConfig): ModelFacts[] {
  const { aliases, models, providers } = config;
  const patterns = [
    ...providers.flatMap((provider) => provider.models ?? []),
    ...models.flatMap(({ price, pattern }) => (price ? [pattern] : [])),
  ];
  return [
    ...patterns.map((pattern) => factsOfPattern(pattern, config)),
    ...[...aliases].map(([name, meaning]) => factsOfAlias(name, meaning, config)),
  ];
}

function factsOfPattern({ text, isExact }: ModelPattern, config: NamingConfig): ModelFacts {
  return { name: text, type: typeOf(text, config), isFamily: !isExact };
}

function factsOfAlias(name: string, meaning: readonly ModelReference[], config: NamingConfig): ModelFacts {
  return { name, type: typeOf(meaning[0]!.model, config), isFamily: false, meaning };
}

/** What somebody took the trouble to configure is used for something. */
function typeOf(model: string, config: NamingConfig): ModelType {
  const { embeddings } = ruleWith('capabilities', config, model)?.capabilities ?? {};
  return embeddings === true ? 'embedding' : (modelTypeOf(model) ?? 'chat');
}
