import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';

type Trust = (address: string, index: number) => boolean;

/**
 * Whose request it is, as Express' own `req.ip` would say (https://expressjs.com/en/guide/behind-proxies.html): an
 * upgrade never passes through Express.
 * @param trustProxy TRUST_PROXY: true, false, a number of hops, or addresses separated by commas
 */
export function clientAddress(request: IncomingMessage, trustProxy: boolean | number | string): string {
  return proxyAddr(request, trustOf(trustProxy)) ?? '';
}

function trustOf(trustProxy: boolean | number | string): Trust {
  if (typeof trustProxy === 'boolean') return () => trustProxy;
  if (typeof trustProxy === 'number') return (_, index) => index < trustProxy;
  return proxyAddr.compile(trustProxy.split(',').map((address) => address.trim()));
}
