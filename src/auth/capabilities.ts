import { GatewayError } from '../common/errors/gateway-error.js';
import { ROLE_CAPABILITIES, type RoleCapability } from '../config/gateway-config/role-settings.js';

/** What an identity may do: talk to text models, make embeddings, make videos, see its own usage, administrate. */
export const CAPABILITIES = ROLE_CAPABILITIES;
export type Capability = RoleCapability;

/**
 * @param capabilities one of them will do
 * @throws GatewayError FORBIDDEN naming the capability that is needed.
 */
export function assertCapability(
  identity: { capabilities: ReadonlySet<Capability> },
  ...capabilities: [Capability, ...Capability[]]
): void {
  if (capabilities.some((capability) => identity.capabilities.has(capability))) return;
  const wanted = capabilities.map((capability) => `'${capability}'`).join(' or ');
  throw new GatewayError('FORBIDDEN', `This needs the capability ${wanted}, which none of your roles gives.`, {
    details: { needed: capabilities[0], capabilities: [...identity.capabilities] },
  });
}
