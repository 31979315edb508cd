import type { GatewayConfig, ModelReference } from '../config/gateway-config/gateway-config.js';
import { mergedSettings, ruleWith } from '../config/gateway-config/model-rules.js';
import { priceListIdOf } from '../config/gateway-config/price-list-id.js';
import type { Deadlines } from './deadlines.js';
import { equivalentModel } from './model-equivalents.js';
import type { RouteRules, RouteStep } from './route-plan.js';
import { listedModels, similarModel } from './similar-model.js';

/** What a configuration says about models; what it leaves open is as the built-in tables have it. */
export class ConfiguredRules implements RouteRules {
  constructor(private readonly config: GatewayConfig) {}

  meaningOf(model: string): readonly ModelReference[] {
    return this.config.aliases.get(model) ?? [{ model }];
  }

  fallbacksOf(model: string): readonly ModelReference[] {
    const configured = ruleWith('fallbacks', this.config, model)?.fallbacks;
    if (configured) return configured;
    const equivalent = equivalentModel(model);
    return equivalent === undefined ? [] : [{ model: equivalent }];
  }

  fallbacksAfter(refusal: Parameters<RouteRules['fallbacksAfter']>[0], model: string): readonly ModelReference[] {
    const setting = refusal === 'content_filtered' ? 'contentFilterFallbacks' : 'contextFallbacks';
    return ruleWith(setting, this.config, model)?.[setting] ?? [];
  }

  similarTo(model: string, providerId: string): string | undefined {
    return similarModel(model, listedModels(priceListIdOf(this.config, providerId)));
  }

  deadlinesOf(model: string, providerId: string): Partial<Deadlines> {
    return mergedSettings('deadlines', this.config, model, providerId);
  }

  boundOf(model: string, providerId: string): RouteStep['modelBound'] {
    const rule = ruleWith('concurrency', this.config, model, providerId);
    return rule && { rule: rule.name, concurrency: rule.concurrency! };
  }
}
