import type { NextFunction, Request, Response } from 'express';
import type { Server } from 'node:http';
import { GatewayError } from '../errors/gateway-error.js';

/** Headers are some kB: whoever takes longer than this holds a connection for nothing (Node's own default is a minute). */
const HEADERS_TIMEOUT_MS = 15_000;
/** How often Node looks for connections whose time is over; its own default is 30 s. It is read when listening begins. */
const LOOK_EVERY_MS = 5_000;

/** Ends connections whose request does not come: Node answers them with 408. To be called before the server listens. */
export function limitWaiting(server: Server): void {
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  // An option of createServer, which Nest calls without any: node/lib/_http_server.js, storeHTTPOptions.
  Object.assign(server, { connectionsCheckingInterval: LOOK_EVERY_MS });
}

/**
 * Refuses small bodies that trickle: they are read before anybody is authenticated. Large ones have a time of their own
 * (readJsonBody).
 */
export function bodyInTime(timeoutMs: number, isRead: (request: Request) => boolean) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (!isRead(request)) return next();
    const timer = setTimeout(() => {
      if (request.complete || response.headersSent) return;
      response.setHeader('Connection', 'close'); // else the rest would be waited for
      next(new GatewayError('VALIDATION_ERROR', 'The body was not sent in time.'));
    }, timeoutMs);
    request.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
    next();
  };
}
