import { isPublicHost } from '../../common/net/public-host.js';
import { RemoteFileError } from './remote-file-error.js';

/** Of a URL; browsers and servers take no more either. */
const LONGEST = 2_048;

/**
 * A URL that strangers chose, if it may be asked for at all: https on its own port, without a name and password, at a
 * host that may be public. Odd ways to write an address ('0x7f.1', '2130706433') are what they mean after parsing.
 * @param base what a redirect's `Location` may be relative to
 * @throws RemoteFileError
 */
export function remoteUrl(text: string, base?: URL): URL {
  if (text.length > LONGEST || !URL.canParse(text, base?.href))
    throw new RemoteFileError(`must be a whole https URL of at most ${LONGEST} characters`);
  const url = new URL(text, base);
  if (url.protocol !== 'https:') throw new RemoteFileError('must be an https URL');
  if (url.username !== '' || url.password !== '') throw new RemoteFileError('must be a URL without name and password');
  if (url.port !== '') throw new RemoteFileError('must be a URL without a port other than 443');
  if (!isPublicHost(url)) throw notPublic();
  url.hash = '';
  return url;
}

export function notPublic(cause?: unknown): RemoteFileError {
  return new RemoteFileError('must be at a host on the public internet', { cause });
}
