import { Resolver } from 'node:dns/promises';
import type { Resolve } from '../../common/net/public-lookup.js';

const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * Finds a name's addresses by asking the name servers. `dns.lookup` would do it in one of the four threads that reading
 * files needs too: a name server of a stranger's that never answers could hold them all, and can't be given up.
 */
export const resolveHost: Resolve = (hostname, _options, callback) => {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  void Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]).then(([four, six]) => {
    const addresses = [
      ...(four.status === 'fulfilled' ? four.value.map((address) => ({ address, family: 4 })) : []),
      ...(six.status === 'fulfilled' ? six.value.map((address) => ({ address, family: 6 })) : []),
    ];
    if (addresses.length > 0) callback(null, addresses);
    else callback((four as PromiseRejectedResult).reason as NodeJS.ErrnoException, []);
  });
};
