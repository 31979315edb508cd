import type { CapabilitySettings, GatewayConfig, ProviderSettings } from '../config/gateway-config/gateway-config.js';
import { mergedSettings } from '../config/gateway-config/model-rules.js';
import type { ModelCapabilities, TextProvider } from './contract/text-provider.js';

/** One key or deployment of a provider, with the strategy that talks to it. */
export interface Endpoint {
  id: string;
  /** Its share among the provider's endpoints. */
  weight: number;
  strategy: TextProvider;
}

/** A provider as it is configured: what it has, what its models can do, and where it is asked. */
export class ConfiguredProvider {
  readonly id: string;

  /** @param vendorCapabilities what the vendor's table says of a model */
  constructor(
    private readonly settings: ProviderSettings,
    private readonly config: Pick<GatewayConfig, 'models'>,
    private readonly vendorCapabilities: (model: string) => ModelCapabilities,
    /** In the order of the file; empty where it is only looked at. */
    readonly endpoints: readonly Endpoint[],
  ) {
    this.id = settings.id;
  }

  /** Whether it is known which models it has; otherwise whoever names it knows. */
  get knowsItsModels(): boolean {
    return this.settings.isVendor || this.settings.models !== undefined;
  }

  /** Whether it may be asked for a model at all. */
  serves(model: string): boolean {
    return this.settings.models?.some((pattern) => pattern.matches(model)) ?? true;
  }

  capabilities(model: string): ModelCapabilities {
    const { models, isVendor } = this.settings;
    const vendor = this.vendorCapabilities(model);
    const isNative = models ? this.serves(model) : isVendor && vendor.isNative;
    return { ...vendor, ...this.known(model), isNative };
  }

  /** What the configuration says of a model's abilities. */
  known(model: string): Partial<ModelCapabilities> {
    return inOurWords({
      ...this.settings.capabilities,
      ...mergedSettings('capabilities', this.config, model, this.id),
    });
  }
}

function inOurWords({ reasoning, ...others }: CapabilitySettings): Partial<ModelCapabilities> {
  return { ...others, ...(reasoning === undefined ? {} : { hiddenReasoning: reasoning }) };
}
