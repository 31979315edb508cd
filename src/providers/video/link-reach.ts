import { lookup } from 'node:dns/promises';
import { literalAddress } from '../../common/net/literal-address.js';
import { isNeighbourAddress } from '../../common/net/neighbour-address.js';
import { isPublicAddress } from '../../common/net/public-address.js';

/** Whose host a link leads to: the provider's own, any that its network may lead to, or a public one alone. */
export type Reach = 'own' | 'neighbours' | 'public';

export const ALLOWED_ADDRESSES: Readonly<Record<Exclude<Reach, 'own'>, (address: string) => boolean>> = {
  neighbours: isNeighbourAddress,
  public: isPublicAddress,
};

/** A provider's link leads where we don't go. The message names no address. */
export class ForbiddenLinkError extends Error {
  constructor(why: string) {
    super(`A link of the provider's leads ${why}`);
    this.name = 'ForbiddenLinkError';
  }
}

/**
 * How far a link that a provider gave may reach. Its answers must not be made to read our network: the link must be https
 * (http only from a provider that is itself reached by http), and its host the provider's own or a public one; a server in
 * a private network may lead to the store beside it. A name's addresses are seen only when it is resolved: the connection
 * has to be made with ALLOWED_ADDRESSES.
 * @throws ForbiddenLinkError
 */
export async function reachOf(link: URL, base: URL): Promise<Reach> {
  const isSafe = link.protocol === 'https:' || (link.protocol === 'http:' && base.protocol === 'http:');
  if (!isSafe) throw new ForbiddenLinkError('to no https');
  if (link.hostname === base.hostname) return 'own';
  const reach = (await isInPrivateNetwork(base)) ? 'neighbours' : 'public';
  const address = literalAddress(link);
  if (address !== undefined && !ALLOWED_ADDRESSES[reach](address)) throw new ForbiddenLinkError('off the network');
  return reach;
}

async function isInPrivateNetwork(base: URL): Promise<boolean> {
  const host = literalAddress(base) ?? base.hostname;
  const addresses = await lookup(host, { all: true }).catch(() => []);
  return addresses.some(({ address }) => !isPublicAddress(address));
}
