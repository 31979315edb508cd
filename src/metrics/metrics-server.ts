import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { operatorsOnly } from '../health/operations-token.js';
import { MetricsRegistry } from './metrics-registry.js';

/**
 * The door of a worker, which has no other one: GET /metrics and GET /health/live on METRICS_PORT, behind OPS_TOKEN where
 * that is set. Absent METRICS_PORT: none.
 */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly refusalOf: ReturnType<typeof operatorsOnly>;
  private server: Server | undefined;

  constructor(
    @Inject(MetricsRegistry) private readonly registry: MetricsRegistry,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {
    this.refusalOf = operatorsOnly(environment.http.opsToken);
  }

  /** Where it listens; undefined: nowhere. */
  get port(): number | undefined {
    return (this.server?.address() as AddressInfo | null | undefined)?.port;
  }

  /** @throws Error where the port is taken */
  async onApplicationBootstrap(): Promise<void> {
    const { metricsPort, host } = this.environment.http;
    if (metricsPort === undefined) return;
    const server = createServer((request, response) => {
      this.answer(request, response).catch(() => response.destroy()); // whoever scrapes sees that it failed
    });
    server.listen(metricsPort, host);
    await once(server, 'listening').catch((error: unknown) => {
      throw new Error(`METRICS_PORT ${metricsPort} can't be listened on: ${(error as Error).message}`, {
        cause: error,
      });
    });
    this.server = server;
  }

  onApplicationShutdown(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }

  private async answer({ method, url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = this.refusalOf(headers);
    const { retryable: _, ...body } = refusal?.toBody() ?? {};
    const isRead = method === 'GET' || method === 'HEAD';
    response.setHeader('Cache-Control', 'no-store');
    if (refusal) reply(response.setHeader('WWW-Authenticate', 'Bearer'), refusal.httpStatus, { error: body });
    else if (isRead && url === '/metrics')
      response.setHeader('Content-Type', this.registry.contentType).end(await this.registry.metrics());
    else if (isRead && url === '/health/live') reply(response, 200, { status: 'ok' });
    else reply(response, 404, { error: { code: 'NOT_FOUND', message: 'There are /metrics and /health/live here.' } });
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
