import { Catch, type ArgumentsHost } from '@nestjs/common';
import type { Request, Response } from 'express';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { ErrorFilter } from '../../common/http/error-filter.js';
import { isCompatPath } from './compat-path.js';
import { sendError } from './send-error.js';

/** What there is, for who asks for something else of the vendors' APIs. */
const ROUTES =
  'POST /v1/chat/completions, POST /v1/embeddings, POST /v1/messages, GET /v1/models, GET /v1/models/{model}';

/** As ErrorFilter; the routes under /v1 answer as the vendor does whose clients ask there. */
@Catch()
export class CompatErrorFilter extends ErrorFilter {
  protected override send(error: GatewayError, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    if (!isCompatPath(http.getRequest<Request>().path)) return super.send(error, host);
    sendError(error, http.getResponse<Response>());
  }

  protected override notFound(request: Request): GatewayError {
    if (!isCompatPath(request.path)) return super.notFound(request);
    return new GatewayError(
      'NOT_FOUND',
      `There is no ${request.method} ${request.path} here. The routes are: ${ROUTES}.`,
    );
  }
}
