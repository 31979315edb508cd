import { Inject, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Identity } from '../../auth/identity.js';
import { readJsonBody } from '../../common/http/read-json-body.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { ConnectionLimits } from '../../limits/connection-limits.js';
import { requestName, type RequestName } from './request-name.js';

/** A request that was let in and read. */
export interface IncomingRequest extends RequestName {
  body: Record<string, unknown>;
}

/** Lets requests in, within their user's budget, and reads them. */
@Injectable()
export class IncomingRequests {
  private readonly mostBytes: number;

  constructor(
    @Inject(ConnectionLimits) private readonly limits: ConnectionLimits,
    @Inject(ENVIRONMENT) { http }: Environment,
  ) {
    this.mostBytes = http.maxFrameBytes;
  }

  /**
   * @param prefix of the id where the client names none
   * @throws GatewayError RATE_LIMIT_EXCEEDED; VALIDATION_ERROR, PAYLOAD_TOO_LARGE as readJsonBody
   */
  async read({ userId }: Identity, request: IncomingMessage, prefix: string): Promise<IncomingRequest> {
    await this.limits.assertRequest(userId);
    const name = requestName(request.headers, prefix);
    return { ...name, body: await readJsonBody(request, this.mostBytes) };
  }
}
