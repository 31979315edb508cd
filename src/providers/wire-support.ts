import type { EndpointSettings, Wire } from '../config/gateway-config/gateway-config.js';
import type { ModelCapabilities, TextProvider } from './contract/text-provider.js';
import type { HttpTransport } from './http/http-transport.js';

/** What a strategy is opened with. */
export interface StrategyOptions extends Pick<EndpointSettings, 'apiKey' | 'baseUrl' | 'headers'> {
  /** The provider's id: what its errors and answers bear. */
  id: string;
  /** What is known better than the vendor's table does. */
  capabilities(model: string): Partial<ModelCapabilities>;
  onMalformedEvent: () => void;
}

/** How one wire is spoken. */
export interface WireSupport {
  /** What the vendor's own table says of a model. */
  capabilities(model: string): ModelCapabilities;
  open(options: StrategyOptions, transport: HttpTransport): TextProvider;
}

export type WireSupports = Readonly<Record<Wire, WireSupport>>;

/** The token of the WireSupports. */
export const WIRES = Symbol('WireSupports');
