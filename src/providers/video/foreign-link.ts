import { isPublicHost } from '../../common/net/public-host.js';

/** A provider's link leads where we don't go. The message names no address. */
export class ForbiddenLinkError extends Error {
  constructor(why: string) {
    super(`A link of the provider's leads ${why}`);
    this.name = 'ForbiddenLinkError';
  }
}

/**
 * Whether a link that a provider gave leads away from its own host. Its answers must not be made to read our network: it
 * must be https (http only from a provider that is itself reached by http), and a foreign host a public one, which for a
 * name is seen only when it is resolved: the connection has to be made with `publicLookup`.
 * @throws ForbiddenLinkError
 */
export function isForeignLink(link: URL, base: URL): boolean {
  const isSafe = link.protocol === 'https:' || (link.protocol === 'http:' && base.protocol === 'http:');
  if (!isSafe) throw new ForbiddenLinkError('to no https');
  if (link.hostname === base.hostname) return false;
  if (!isPublicHost(link)) throw new ForbiddenLinkError('off the public internet');
  return true;
}
