import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditKeys } from '../audit/audit-keys.js';
import { Requires } from '../auth/auth.decorators.js';
import { Ledger } from '../billing/ledger/ledger.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { effectiveSettings } from '../config/effective/effective-settings.js';
import { effectiveVariables } from '../config/effective/effective-variables.js';
import { fingerprintBy, type Fingerprint } from '../config/effective/masked.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { GatewayConfiguration } from '../config/gateway-config/gateway-configuration.js';
import { ConfigResponse } from './config.dto.js';

/** The configuration in force, for administrators. */
@ApiTags('admin')
@Controller('api/mcp/admin/config')
@Requires('admin')
export class AdminConfigController {
  private readonly fingerprint: Fingerprint;

  constructor(
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(GatewayConfiguration) private readonly configuration: GatewayConfiguration,
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(AuditKeys) keys: AuditKeys,
  ) {
    this.fingerprint = fingerprintBy(keys.current.secret);
  }

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'The configuration in force on the node that answers, secrets masked' })
  @ApiOkResponse({ type: ConfigResponse })
  @ApiErrors('UNAUTHORIZED', 'FORBIDDEN')
  look(): ConfigResponse {
    const { environment, configuration, fingerprint } = this;
    const { path = null, loadedAt, faults = [] } = configuration.status();
    return {
      node: this.ledger.nodeId,
      file: { path, version: configuration.version ?? null, loadedAt, faults },
      simulated: { text: environment.providers.isSimulated, video: environment.video.isSimulated },
      variables: effectiveVariables(environment, fingerprint),
      settings: effectiveSettings(configuration.inForce, environment.given, fingerprint),
    };
  }
}
