import ipaddr from 'ipaddr.js';

const SUBNET_BITS = 64;

/**
 * What an address is counted as: an IPv4 one as itself, however it is written; of an IPv6 one the first 64 bits, as
 * whoever has one address has all of those (RFC 6177); what is no address as it is.
 */
export function addressKey(address: string): string {
  if (!ipaddr.isValid(address)) return address.slice(0, 64);
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const bytes = parsed.toByteArray().map((byte, index) => (index < SUBNET_BITS / 8 ? byte : 0));
  return `${ipaddr.fromByteArray(bytes).toString()}/${SUBNET_BITS}`;
}
