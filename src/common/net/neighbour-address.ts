import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.js';

/** Machines of one's own. Not link-local and not carrier-grade NAT: there clouds keep what they know of a machine. */
const NEIGHBOURS: ReadonlySet<string> = new Set(['private', 'loopback', 'uniqueLocal']);

/** Whether a server in a private network may lead to this address: one beside it, or on the public internet. */
export function isNeighbourAddress(ip: string): boolean {
  return isPublicAddress(ip) || (isIP(ip) !== 0 && NEIGHBOURS.has(ipaddr.process(ip).range()));
}
