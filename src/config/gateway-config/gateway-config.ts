import type { VideoProviderSettings } from '../video-provider-settings.js';
import type { AlertSettings } from './alert-settings.js';
import type { ModelPattern } from './model-pattern.js';
import type { RoleSettings } from './role-settings.js';
import type { SettingPath } from './yaml-source.js';

/** The protocols that a provider may speak: OpenAI's chat completions or Anthropic's messages. */
export type Wire = 'openai' | 'anthropic';

/** One key or deployment of a provider: what fails, cools down and recovers by itself. */
export interface EndpointSettings {
  /** The provider's id where it is the only one, otherwise 'provider/name'. */
  id: string;
  /** Absent: the server asks for none. */
  apiKey?: string;
  /** Absent: the vendor's own address. */
  baseUrl?: string;
  headers: Readonly<Record<string, string>>;
  /** Its share among the provider's endpoints; 0: only when the others fail. */
  weight: number;
}

/** What is said of models' abilities; what is absent is as the vendor's table has it. */
export interface CapabilitySettings {
  tools?: boolean;
  images?: boolean;
  structuredOutput?: boolean;
  logprobs?: boolean;
  prefill?: boolean;
  embeddings?: boolean;
  reasoning?: boolean;
  maxOutputTokens?: number;
  contextTokens?: number;
}

export interface ProviderSettings {
  /** The name that clients may give as `provider`. */
  id: string;
  wire: Wire;
  /** At least one, each with an id of its own. */
  endpoints: readonly EndpointSettings[];
  /** Patterns of the models that it has; absent: any model that is nobody's own, besides its vendor's families. */
  models?: readonly ModelPattern[];
  /** Where no models are named, those that its vendor is known for are its own. */
  isVendor: boolean;
  capabilities: CapabilitySettings;
  /** Requests at once, by one process; absent: PROVIDER_CONCURRENCY. */
  concurrency?: number;
  /** Its name in the public price list. */
  priceListId: string;
}

/** A model, and where it is to be had if that matters. */
export interface ModelReference {
  /** Absent: at every provider that has the model. */
  providerId?: string;
  model: string;
}

/** US dollars per million tokens, as decimal text with at most 9 decimals; money is never a float. */
export interface PriceSettings {
  input: string;
  output: string;
  cachedInput?: string;
  cacheWrite?: string;
  cacheWriteHour?: string;
}

/** In milliseconds. */
export interface DeadlineSettings {
  headersMs?: number;
  firstContentMs?: number;
  stallMs?: number;
}

/** What may be said of the models that a pattern fits. */
export interface ModelSettings {
  fallbacks?: readonly ModelReference[];
  contextFallbacks?: readonly ModelReference[];
  contentFilterFallbacks?: readonly ModelReference[];
  deadlines?: DeadlineSettings;
  concurrency?: number;
  price?: PriceSettings;
  capabilities?: CapabilitySettings;
}

/** What one entry of `models` says. */
export interface ModelRule extends ModelSettings {
  /** As it is written in the file. */
  name: string;
  /** Absent: at every provider. */
  providerId?: string;
  pattern: ModelPattern;
}

/** A setting as the file has it. */
export interface WrittenSetting {
  /** Line and column: '12:5'. */
  at: string;
  /** The variables that it takes its value from (`${NAME}`). */
  variables: readonly string[];
}

export type RoutingStrategy = 'priority' | 'weighted' | 'least-latency' | 'least-cost';

/** Who answers, and by which rules: the environment's providers together with those of the file. */
export interface GatewayConfig {
  /** In the order of preference. */
  providers: readonly ProviderSettings[];
  aliases: ReadonlyMap<string, readonly ModelReference[]>;
  /** The most specific first. */
  models: readonly ModelRule[];
  /** What those who bear a role may do, by its name; whoever bears no role of these may do nothing. */
  roles: ReadonlyMap<string, RoleSettings>;
  strategy: RoutingStrategy;
  /** By provider, for `weighted`. */
  weights: ReadonlyMap<string, number>;
  /** Who makes videos, in the order of preference. */
  videoProviders: readonly VideoProviderSettings[];
  /** Which alerts are raised, and who is told. */
  alerts: AlertSettings;
  /** What the operator should know of it, though it can be used. */
  warnings: readonly string[];
  /** Where a setting stands in the file, for faults that are found later: 'gateway.yaml:12:5 models."gpt-*"'. */
  locate: (path: SettingPath) => string;
  /** What the file itself says there; undefined: nothing, or there is no file. */
  written: (path: SettingPath) => WrittenSetting | undefined;
}
