import type { Request } from 'express';
import type { AuditService } from './audit/audit.service.js';
import type { GatewayError } from './common/errors/gateway-error.js';
import type { IdentifiedRequest } from './auth/request-identity.js';

/** Notes what users were refused over REST; by its route, as a path may name others. */
export function refusedRequests(audit: Pick<AuditService, 'refused'>) {
  return (error: GatewayError, request: Request & IdentifiedRequest): void => {
    if (!request.identity) return; // nobody that is known: logged and counted, but no one's act
    const { path = '' } = (request.route ?? {}) as { path?: string };
    audit.refused(error, {
      userId: request.identity.userId,
      isAdministrative: path.startsWith('/api/mcp/admin/'),
      about: { method: request.method, route: path },
    });
  };
}
