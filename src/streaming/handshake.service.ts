import { Inject, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { AuditService } from '../audit/audit.service.js';
import { HandshakeAuthenticator } from '../auth/handshake-authenticator.js';
import type { IdentifiedRequest } from '../auth/request-identity.js';
import { clientAddress } from '../common/http/client-address.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { RunningAnswers } from '../completions/running-answers.js';
import { ConnectionRates } from '../limits/connection-rates.js';

/** Decides who may open a socket, before the handshake. */
@Injectable()
export class HandshakeService {
  readonly maxFrameBytes: number;

  constructor(
    @Inject(HandshakeAuthenticator) private readonly authenticator: HandshakeAuthenticator,
    @Inject(ConnectionRates) private readonly rates: ConnectionRates,
    @Inject(RunningAnswers) private readonly running: RunningAnswers,
    @Inject(AuditService) private readonly audit: AuditService,
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
    await this.rates.assertHandshake(address);
    const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
    const identity = await this.authenticator.authenticate({
      headers: request.headers,
      protocols,
      remoteAddress: address,
    });
    try {
      await this.rates.assertConnection(identity.userId);
    } catch (error) {
      this.audit.refused(error, { userId: identity.userId });
      throw error;
    }
    request.identity = identity;
  }
}
