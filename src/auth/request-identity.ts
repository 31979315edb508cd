import type { Identity } from './identity.js';

/** A request that the guard may have put an identity on. */
export interface IdentifiedRequest {
  identity?: Identity;
}

/**
 * The identity that AuthGuard found for a request.
 * @throws Error where no guard ran: a route that forgot its decorator must not go on without an identity.
 */
export function identityOf(request: IdentifiedRequest): Identity {
  if (request.identity) return request.identity;
  throw new Error('No AuthGuard ran for this request; put @Requires or @Authenticated on the route.');
}
