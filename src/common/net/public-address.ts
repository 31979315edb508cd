import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

/** Global unicast, all of IPv6's public internet (IANA, "IPv6 Address Space"): what embeds an IPv4 address is mostly outside. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];
/** Azure's WireServer: a public number that every virtual machine there sees as its own host. */
const AZURE_HOST = '168.63.129.16';

/**
 * Whether an address, as text, belongs to a host on the public internet. False for what is private, loopback,
 * link-local, carrier-grade NAT, multicast, broadcast, documentation or reserved (IANA's special-purpose registries), for
 * every IPv6 form that leads to an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo), and for what is no address.
 */
export function isPublicAddress(ip: string): boolean {
  if (isIP(ip) === 0 || ip === AZURE_HOST) return false;
  const address = ipaddr.parse(ip);
  if (address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST);
}
