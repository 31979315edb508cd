import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Identity } from '../../auth/identity.js';
import { ConnectionLimits } from '../../limits/connection-limits.js';
import { RequestBodies } from '../../limits/request-bodies.js';
import { requestName, type RequestName } from './request-name.js';

/** A request that was let in and read. */
export interface IncomingRequest extends RequestName {
  body: Record<string, unknown>;
}

/** Lets requests in, within their user's budget, and reads them. */
@Injectable()
export class IncomingRequests {
  constructor(
    @Inject(ConnectionLimits) private readonly limits: ConnectionLimits,
    @Inject(RequestBodies) private readonly bodies: RequestBodies,
  ) {}

  /**
   * @param prefix of the id where the client names none
   * @throws GatewayError RATE_LIMIT_EXCEEDED; what RequestBodies does
   */
  async read({ userId }: Identity, request: Request, prefix: string): Promise<IncomingRequest> {
    await this.limits.assertRequest(userId);
    const name = requestName(request.headers, prefix);
    return { ...name, body: await this.bodies.read(userId, request) };
  }
}
