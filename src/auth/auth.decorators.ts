import { applyDecorators, createParamDecorator, UseGuards, type ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { AuthGuard, RequiredCapability } from './auth.guard.js';
import type { Capability } from './capabilities.js';
import type { Identity } from './identity.js';
import { identityOf, type IdentifiedRequest } from './request-identity.js';

/** The route (or every route of the controller) asks for a good token whose roles give this capability. */
export const Requires = (capability: Capability) =>
  applyDecorators(RequiredCapability(capability), UseGuards(AuthGuard), ApiBearerAuth());

/** The route asks for a good token, whatever its roles. */
export const Authenticated = () => applyDecorators(UseGuards(AuthGuard), ApiBearerAuth());

/** The handler's parameter that receives the identity. */
export const CurrentIdentity = createParamDecorator((_data: unknown, context: ExecutionContext): Identity =>
  identityOf(context.switchToHttp().getRequest<IdentifiedRequest>()),
);
