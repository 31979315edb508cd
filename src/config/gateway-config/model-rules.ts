import type { GatewayConfig, ModelReference, ModelRule, ModelSettings } from './gateway-config.js';

/** A model's name, with the provider before the first colon where that is the name of one. */
export function modelReference(text: string, providerIds: ReadonlySet<string>): ModelReference {
  const colon = text.indexOf(':');
  const providerId = text.slice(0, Math.max(0, colon));
  return providerIds.has(providerId) ? { providerId, model: text.slice(colon + 1) } : { model: text };
}

/** The rules with the most specific one first; a rule for one provider goes before one for all. */
export function bySpecificity(rules: readonly ModelRule[]): ModelRule[] {
  const rank = ({ providerId }: ModelRule) => (providerId === undefined ? 1 : 0);
  return [...rules].sort((a, b) => rank(a) - rank(b) || b.pattern.specificity - a.pattern.specificity);
}

/** The most specific rule that has a setting for a model; undefined: none has. @param providerId absent: rules for one provider don't count */
export function ruleWith(
  setting: keyof ModelSettings,
  { models }: Pick<GatewayConfig, 'models'>,
  model: string,
  providerId?: string,
): ModelRule | undefined {
  return models.find(
    (rule) =>
      rule[setting] !== undefined &&
      (rule.providerId === undefined || rule.providerId === providerId) &&
      rule.pattern.matches(model),
  );
}

/** What is said of a model at a provider, part by part: each by the most specific rule that says something of it. */
export function mergedSettings<Setting extends 'capabilities' | 'deadlines'>(
  setting: Setting,
  { models }: Pick<GatewayConfig, 'models'>,
  model: string,
  providerId: string,
): NonNullable<ModelSettings[Setting]> {
  const fitting = models.filter(
    (rule) => rule[setting] && (rule.providerId ?? providerId) === providerId && rule.pattern.matches(model),
  );
  return Object.assign({}, ...fitting.map((rule) => rule[setting]).reverse()) as NonNullable<ModelSettings[Setting]>;
}

/** The models that a configuration names, without wildcards. */
export function namedModels({ models, providers }: Pick<GatewayConfig, 'models' | 'providers'>): string[] {
  const patterns = [...models.map(({ pattern }) => pattern), ...providers.flatMap((provider) => provider.models ?? [])];
  return [...new Set(patterns.filter(({ isExact }) => isExact).map(({ text }) => text))];
}
