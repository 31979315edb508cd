import { Injectable } from '@nestjs/common';
import { buildConnector } from 'undici';
import { publicLookupBy, type Resolve } from '../../common/net/public-lookup.js';
import { resolveHost } from './resolve-host.js';

/** How strangers' hosts are reached, and how long they may take. A test puts its own site in the internet's place. */
@Injectable()
export class RemoteConnections {
  connect: buildConnector.connector = publicConnector();
  /** For the headers of each answer. */
  headersTimeoutMs = 5_000;
  /** Between two pieces of a body. */
  bodyTimeoutMs = 5_000;
  /** For everything. */
  deadlineMs = 20_000;
}

/**
 * Connects to public addresses alone, to the very ones that were checked, and only to who proves to be the host, whatever
 * the environment says of certificates. No proxy is used.
 */
export function publicConnector(resolve: Resolve = resolveHost, timeoutMs = 5_000): buildConnector.connector {
  return buildConnector({
    lookup: publicLookupBy(resolve),
    rejectUnauthorized: true,
    timeout: timeoutMs,
    maxCachedSessions: 0,
  });
}
