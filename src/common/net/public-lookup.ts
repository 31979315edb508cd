import { lookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.js';

/** A host's name leads to an address that it must not lead to. The message names neither. */
export class PrivateAddressError extends Error {
  readonly code = 'PRIVATE_ADDRESS';

  constructor() {
    super('The host is not on the public internet');
    this.name = 'PrivateAddressError';
  }
}

/** Finds every address of a name, as `dns.lookup` does. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Resolves names for connections that strangers may choose the host of: the address that was checked is the one that is
 * connected to, so a name whose answer changes in between gains nothing. A name of which one address is not allowed is
 * refused whole. (`net.connect` resolves no address written out: those have to be checked before.)
 */
export function checkedLookup(isAllowed: (address: string) => boolean, resolve: Resolve = lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => isAllowed(address)))
        return callback(new PrivateAddressError(), []);
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** Public addresses alone (of those written out `isPublicHost` tells). */
export const publicLookup: LookupFunction = publicLookupBy(lookup);

/** The same, by another resolver. */
export function publicLookupBy(resolve: Resolve): LookupFunction {
  return checkedLookup(isPublicAddress, resolve);
}
