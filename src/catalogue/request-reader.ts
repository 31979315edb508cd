import type { CompletionRequest } from '../completions/completion-request.js';

/** The token of the RequestReader. */
export const REQUEST_READER = Symbol('RequestReader');

/**
 * Reads the body of a request as the WebSocket does; how a frame is read is the WebSocket's affair.
 * @throws GatewayError VALIDATION_ERROR
 */
export type RequestReader = (body: Record<string, unknown>) => CompletionRequest;
