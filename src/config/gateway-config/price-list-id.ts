import type { GatewayConfig } from './gateway-config.js';
import { usualPriceListId } from './provider-settings.js';

/** How the public price list (genai-prices) calls a provider. */
export function priceListIdOf({ providers }: Pick<GatewayConfig, 'providers'>, providerId: string): string {
  return providers.find(({ id }) => id === providerId)?.priceListId ?? usualPriceListId(providerId);
}
