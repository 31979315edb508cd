import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import helmet from 'helmet';
import type { NextFunction, Request, Response } from 'express';
import type { IncomingMessage } from 'node:http';
import { AppModule } from './app.module.js';
import { AuditService } from './audit/audit.service.js';
import { isOriginAllowed } from './auth/origin-rule.js';
import { isEstimatePath } from './catalogue/estimate-path.js';
import { bodyValidation } from './common/http/body-validation.js';
import { MOST_BODY_BYTES } from './common/http/most-body-bytes.js';
import { bodyInTime, limitWaiting } from './common/http/patience.js';
import { requestId } from './common/http/request-id.js';
import { PinoLogger } from './common/logging/pino-logger.js';
import { CompatErrorFilter } from './compat/errors/compat-error.filter.js';
import { isCompatPath } from './compat/errors/compat-path.js';
import { answerHeaders } from './compat/http/answer-headers.js';
import type { Environment } from './config/environment.js';
import { OPERATIONS_PATHS, OPERATIONS_SECURITY, operationsToken } from './health/operations-token.js';
import { HttpMetrics } from './metrics/http-metrics.js';
import { refusedRequests } from './refused-requests.js';
import { AuthenticatingWsAdapter } from './streaming/websocket.adapter.js';

/** What a page may send; the token also where Anthropic's clients put it. */
const ALLOWED_HEADERS = 'Authorization, X-Api-Key, Content-Type, X-Request-Id, Idempotency-Key';

/**
 * The gateway, wired but not listening: what main.ts serves and the tests talk to.
 * @param logger absent: JSON lines on stdout, from LOG_LEVEL on
 */
export async function createApplication(
  environment: Environment,
  logger: LoggerService = new PinoLogger(environment.logLevel),
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(environment), {
    logger,
    abortOnError: false,
    bodyParser: false,
  });
  app.set('trust proxy', environment.http.trustProxy);
  app.disable('x-powered-by');
  limitWaiting(app.getHttpServer());
  app.use(requestId);
  app.use(app.get(HttpMetrics).watch);
  app.use(answerHeaders);
  app.use(helmet());
  app.use(crossOrigin(environment));
  app.use(OPERATIONS_PATHS, operationsToken(environment.http.opsToken));
  app.use(bodyInTime(environment.http.bodyTimeoutMs, isPlainJson));
  app.useBodyParser('json', { limit: MOST_BODY_BYTES, type: isPlainJson });
  app.useGlobalPipes(bodyValidation());
  app.useGlobalFilters(new CompatErrorFilter(refusedRequests(app.get(AuditService))));
  app.useWebSocketAdapter(new AuthenticatingWsAdapter(app));
  SwaggerModule.setup('docs', app, () => describeApi(app));
  return app;
}

/** The OpenAPI document, generated from the code; `npm run openapi` writes it to contracts/api-spec.json. */
export function describeApi(app: NestExpressApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Smart AI Hub MCP Server')
    .setDescription('The REST routes. The WebSocket at /mcp is described in docs/protocol.md.')
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'OPS_TOKEN, where it is set' }, OPERATIONS_SECURITY);
  return SwaggerModule.createDocument(app, builder.build());
}

/**
 * Requests to models, or about some, may be large: they are read once their sender is known. The path is Express' own,
 * by which the route is found: a request target may also be a whole URL (RFC 9112, 3.2.2).
 */
function isPlainJson(message: IncomingMessage): boolean {
  const { headers, path } = message as Request;
  return /^application\/json\b/i.test(headers['content-type'] ?? '') && !isCompatPath(path) && !isEstimatePath(path);
}

/** The vendors' clients send many headers of their own, which mean nothing here. */
function allowedHeaders(request: Request): string {
  const asked = isCompatPath(request.path) ? request.get('Access-Control-Request-Headers') : undefined;
  return asked === undefined ? ALLOWED_HEADERS : `${ALLOWED_HEADERS}, ${asked}`;
}

/** CORS for the origins that may open a WebSocket too; others get no header, and their browser refuses. */
function crossOrigin({ http }: Environment) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const { origin, host } = request.headers;
    response.vary('Origin');
    if (
      origin === undefined ||
      !isOriginAllowed(origin, { host, publicUrl: http.publicUrl, allowedOrigins: http.allowedOrigins })
    )
      return next();
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader(
      'Access-Control-Expose-Headers',
      'X-Request-Id, Request-Id, Retry-After, Retry-After-Ms, RateLimit, RateLimit-Policy',
    );
    if (request.method !== 'OPTIONS' || request.get('Access-Control-Request-Method') === undefined) return next();
    response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PATCH, DELETE');
    response.setHeader('Access-Control-Allow-Headers', allowedHeaders(request));
    response.setHeader('Access-Control-Max-Age', '600');
    response.status(204).end();
  };
}
