import { Inject, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { HandshakeAuthenticator } from '../auth/handshake-authenticator.js';
import type { IdentifiedRequest } from '../auth/request-identity.js';
import { clientAddress } from '../common/http/client-address.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { RunningAnswers } from '../completions/running-answers.js';
import { ConnectionLimits } from '../limits/connection-limits.js';

/** Decides who may open a socket, before the handshake. */
@Injectable()
export class HandshakeService {
  readonly maxFrameBytes: number;

  constructor(
    @Inject(HandshakeAuthenticator) private readonly authenticator: HandshakeAuthenticator,
    @Inject(ConnectionLimits) private readonly limits: ConnectionLimits,
    @Inject(RunningAnswers) private readonly running: RunningAnswers,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {
    this.maxFrameBytes = environment.http.maxFrameBytes;
  }

  /**
   * Puts the identity on the request.
   * @throws GatewayError as HandshakeAuthenticator.authenticate; RATE_LIMIT_EXCEEDED; UNAVAILABLE while draining
   */
  async admit(request: IncomingMessage & IdentifiedRequest): Promise<void> {
    this.running.assertAccepting();
    const address = clientAddress(request, this.environment.http.trustProxy);
    await this.limits.assertHandshake(address);
    const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
    request.identity = await this.authenticator.authenticate({
      headers: request.headers,
      protocols,
      remoteAddress: address,
    });
  }
}
