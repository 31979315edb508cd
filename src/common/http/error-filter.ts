import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ERROR_CODES, type ErrorCode } from '../errors/error-codes.js';
import { GatewayError } from '../errors/gateway-error.js';
import { MOST_BODY_BYTES } from './most-body-bytes.js';
import { refusalHeaders } from './rate-limit-headers.js';

/** Every error of a REST route as `{error: {code, message, details?, retryAfterMs?}}`; faults of ours are logged, not told. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(ErrorFilter.name);

  /** @param onError told of every error that is answered */
  constructor(private readonly onError: (error: GatewayError, request: Request) => void = () => undefined) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    const request = http.getRequest<Request & { requestId?: string }>();
    const error = isNotFound(thrown) ? this.notFound(request) : toGatewayError(thrown, request.path);
    if (error.code === 'INTERNAL') this.report(thrown, request);
    response.locals['errorCode'] = error.code;
    this.onError(error, request);
    if (response.headersSent) response.end();
    else this.send(error, host);
  }

  protected send(error: GatewayError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const { retryable: _, ...body } = error.toBody();
    if (error.retryAfterMs !== undefined) response.setHeader('Retry-After', Math.ceil(error.retryAfterMs / 1_000));
    response.set(refusalHeaders(error));
    response.status(error.httpStatus).json({ error: body });
  }

  /** What is said where no route is. */
  protected notFound(_request: Request): GatewayError {
    return new GatewayError('NOT_FOUND', 'There is nothing here; GET /docs lists the routes.');
  }

  private report(thrown: unknown, { method, path, requestId }: Request & { requestId?: string }): void {
    const stack = thrown instanceof Error ? thrown.stack : String(thrown);
    this.logger.error(`${method} ${path} failed`, stack, { requestId });
  }
}

/** What Nest, Express and its body parser throw, in our words. */
function toGatewayError(thrown: unknown, path: string): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  const status = statusOf(thrown);
  if (status === 413) {
    return new GatewayError('PAYLOAD_TOO_LARGE', `The body must have at most ${MOST_BODY_BYTES} bytes.`);
  }
  const code = codeOfStatus(status);
  if (code === undefined) return GatewayError.from(thrown);
  return new GatewayError(code, code === 'VALIDATION_ERROR' ? refusalOf(status, path) : 'The request was refused.');
}

function isNotFound(thrown: unknown): boolean {
  return !(thrown instanceof GatewayError) && statusOf(thrown) === 404;
}

function refusalOf(status: number | undefined, path: string): string {
  if (status === 400 && isMalformed(path))
    return 'The path is malformed: a % in it must begin an escaped UTF-8 character.';
  if (status === 415)
    return "The body's content type or encoding is not supported: it must be application/json in UTF-8.";
  if (status === 400) return 'The body must be JSON as the route describes it.';
  return 'The request was refused.';
}

/** Looked for here, as Nest makes the same exception of the router's URIError as of a body that is no JSON. */
function isMalformed(path: string): boolean {
  try {
    decodeURIComponent(path);
    return false;
  } catch {
    return true;
  }
}

function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const { status } = (thrown ?? {}) as { status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function codeOfStatus(status: number | undefined): ErrorCode | undefined {
  if (status === 503) return 'UNAVAILABLE'; // the table has a more special code for it as well
  if (status === undefined || status >= 500) return undefined;
  const own = (Object.keys(ERROR_CODES) as ErrorCode[]).find((code) => ERROR_CODES[code].httpStatus === status);
  return own ?? (status >= 400 ? 'VALIDATION_ERROR' : undefined);
}
