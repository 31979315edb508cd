import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.js';

/** Whether a URL's host may be public: false for an address that isn't, true for every name, which `publicLookup` checks. */
export function isPublicHost({ hostname }: URL): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(address) === 0 || isPublicAddress(address);
}
