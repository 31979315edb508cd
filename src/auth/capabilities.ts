import { GatewayError } from '../common/errors/gateway-error.js';

/** What an identity may do: talk to text models, make embeddings, make videos, see its own usage, administrate. */
export const CAPABILITIES = ['chat', 'embedding', 'video', 'usage', 'admin'] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Role → capabilities. A map, so that a role named after a property of Object gives nothing. */
export type RoleCapabilities = ReadonlyMap<string, readonly Capability[]>;

/** The roles of docs/protocol.md, "Identity"; any other role gives nothing. */
export const DEFAULT_ROLE_CAPABILITIES: RoleCapabilities = new Map<string, readonly Capability[]>([
  ['user', ['chat', 'embedding', 'video', 'usage']],
  ['service', CAPABILITIES.filter((capability) => capability !== 'admin')],
  ['admin', CAPABILITIES],
]);

/** Everything that any of the roles gives. */
export function capabilitiesOf(
  roles: readonly string[],
  table: RoleCapabilities = DEFAULT_ROLE_CAPABILITIES,
): ReadonlySet<Capability> {
  return new Set(roles.flatMap((role) => table.get(role) ?? []));
}

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
