import type { ModelPrice } from '../../billing/pricing/model-price.js';
import type { ModelCapabilities } from '../../providers/contract/text-provider.js';
import type { ModelType } from './model-type.js';

/** A model at a provider that answers with it. */
export interface ModelOffer {
  provider: string;
  /** What it is asked for: the model itself, or what its name is an alias of. */
  model: string;
  price: ModelPrice;
}

/** Another model that answers when nobody who has the model does. */
export interface StandIn {
  provider: string;
  model: string;
}

/** A model that clients may ask for. */
export interface CatalogueModel {
  /** What to send as `model`; of a family, its pattern. */
  id: string;
  /** `id` stands for every name that fits it; '*' is any text. */
  isFamily: boolean;
  /** The models that `id` stands for, with a provider where it is for that one alone; empty: it is a model's own name. */
  aliasOf: readonly string[];
  type: ModelType;
  isDeprecated: boolean;
  /** As the first provider has it. */
  capabilities: ModelCapabilities;
  /** Tokens of prompt and answer together; absent: unknown. */
  contextTokens?: number;
  /** Whoever has it, in the order in which `auto` asks them; at least one. */
  offers: readonly ModelOffer[];
  /** Who answers after them, in order. */
  standIns: readonly StandIn[];
}
