import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors/gateway-error.js';
import { hasTooManyMembers, MOST_MEMBERS } from '../json-members.js';

/**
 * Reads a body after its sender is known, as it may be large.
 * @throws GatewayError VALIDATION_ERROR where it is no JSON object; PAYLOAD_TOO_LARGE
 */
export async function readJsonBody(request: IncomingMessage, mostBytes: number): Promise<Record<string, unknown>> {
  assertReadable(request);
  const bytes = await readBytes(request, mostBytes);
  if (!isUtf8(bytes)) throw refused('The body must be JSON in UTF-8.');
  const text = bytes.toString();
  if (hasTooManyMembers(text)) throw refused(`The body must have at most ${MOST_MEMBERS} fields and elements.`);
  const body = parse(text);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw refused('The body must be a JSON object.');
}

function assertReadable({ headers }: IncomingMessage): void {
  if (!/^application\/([\w.-]+\+)?json\b/i.test(headers['content-type'] ?? ''))
    throw refused("The body must be JSON, with the header 'Content-Type: application/json'.");
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw refused('The body must be sent without a Content-Encoding.');
}

async function readBytes(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge(mostBytes);
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > mostBytes) throw tooLarge(mostBytes);
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw refused('The body was not sent completely.');
  }
  return Buffer.concat(pieces, bytes);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused('The body is no valid JSON.');
  }
}

function tooLarge(mostBytes: number): GatewayError {
  return new GatewayError('PAYLOAD_TOO_LARGE', `The body must have at most ${mostBytes} bytes.`);
}

function refused(message: string): GatewayError {
  return new GatewayError('VALIDATION_ERROR', message);
}
