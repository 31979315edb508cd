import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { GatewayError } from '../common/errors/gateway-error.js';
import { bearerTokenOrApiKey } from './bearer-token.js';
import { assertCapability, type Capability } from './capabilities.js';
import type { Identity } from './identity.js';
import type { IdentifiedRequest } from './request-identity.js';
import { TokenAttempts } from './token-attempts.js';

/** Marks a handler or a controller with what AuthGuard asks for; routes use `@Requires` of auth.decorators.ts. */
export const RequiredCapability = Reflector.createDecorator<Capability>();

/**
 * Lets a REST request in whose token is good and whose roles give what the route asks for, and puts the identity on
 * the request. A 401 carries `WWW-Authenticate` (RFC 6750 section 3).
 * @throws GatewayError UNAUTHORIZED, FORBIDDEN; RATE_LIMIT_EXCEEDED, UNAVAILABLE as TokenAttempts.verify does.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly attempts: TokenAttempts,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request & IdentifiedRequest>();
    // A decorator on the controller and one on the handler run the guard twice; the token is verified once.
    request.identity ??= await this.authenticate(request, http.getResponse<Response>());
    const needed = this.reflector.getAllAndOverride(RequiredCapability, [context.getHandler(), context.getClass()]);
    if (needed !== undefined) assertCapability(request.identity, needed);
    return true;
  }

  private async authenticate(request: Request, response: Response): Promise<Identity> {
    let challenge = 'Bearer';
    try {
      const token = bearerTokenOrApiKey(request.headers);
      if (token === undefined) {
        throw new GatewayError('UNAUTHORIZED', "A token is missing: send 'Authorization: Bearer <token>'.");
      }
      challenge = 'Bearer error="invalid_token"';
      return await this.attempts.verify(token, request.ip ?? '');
    } catch (error) {
      const isRefused = error instanceof GatewayError && error.code === 'UNAUTHORIZED';
      if (isRefused) response.setHeader('WWW-Authenticate', challenge);
      throw error;
    }
  }
}
