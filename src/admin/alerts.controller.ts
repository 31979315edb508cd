import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AlertPages, type AlertRecord } from '../alerts/states/alert-pages.js';
import { runbookOf } from '../alerts/states/runbook-of.js';
import { Requires } from '../auth/auth.decorators.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { GatewayConfiguration } from '../config/gateway-config/gateway-configuration.js';
import { orUnavailable } from '../database/or-unavailable.js';
import { alertsCursor, readAlertsCursor } from './alerts-cursor.js';
import { AlertsQuery } from './alerts-query.dto.js';
import { AlertsResponse, type AlertResponse } from './alerts.dto.js';

/** What operators should know of, for administrators. */
@ApiTags('admin')
@Controller('api/mcp/admin/alerts')
@Requires('admin')
export class AdminAlertsController {
  constructor(
    @Inject(AlertPages) private readonly alerts: AlertPages,
    @Inject(GatewayConfiguration) private readonly configuration: GatewayConfiguration,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Alerts, newest first, and who was told of them' })
  @ApiOkResponse({ type: AlertsResponse })
  @ApiErrors('VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'UNAVAILABLE')
  async page(@Query() { state, cursor, limit }: AlertsQuery): Promise<AlertsResponse> {
    const before = cursor === undefined ? undefined : readAlertsCursor(cursor);
    const found = await orUnavailable(this.alerts.page(state, limit + 1, before));
    const page = found.slice(0, limit);
    const { runbookUrl } = this.configuration.inForce.alerts;
    return {
      alerts: page.map((alert) => toResponse(alert, runbookUrl)),
      nextCursor: found.length > limit ? alertsCursor(page.at(-1)!.id) : null,
    };
  }
}

function toResponse(alert: AlertRecord, runbookUrl: string): AlertResponse {
  const { id, rule, severity, state, labels, summary, value, threshold, notifications } = alert;
  const { beganAt, firedAt, resolvedAt } = alert;
  return {
    ...{ id: String(id), alert: rule, severity, state, labels, summary, value, threshold },
    beganAt: beganAt.toISOString(),
    firedAt: firedAt?.toISOString() ?? null,
    resolvedAt: resolvedAt?.toISOString() ?? null,
    runbook: runbookOf(rule, runbookUrl),
    notifications,
  };
}
