import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors/gateway-error.js';
import { hasTooManyMembers, MOST_MEMBERS } from '../json-members.js';

/** What a body may take. */
export interface BodyTerms {
  mostBytes: number;
  /** How long it may take to arrive, beside a second for each SLOWEST_BYTES that did. */
  timeoutMs: number;
  /** @param bytes that the sender announces, else 0; it throws where there is no room for them */
  open: (bytes: number) => { take(bytes: number): void; close(): void };
  /** The sender is too slow: nobody waits for the rest. */
  onTimeout: () => void;
}

/** Of each second: a line of half a megabit sends that; whoever sends less is not waited for. */
export const SLOWEST_BYTES = 64 * 1024;

/**
 * Reads a body after its sender is known, as it may be large.
 * @throws GatewayError VALIDATION_ERROR where it is no JSON object, or does not come in time; PAYLOAD_TOO_LARGE; what
 *   `open` throws
 */
export async function readJsonBody(request: IncomingMessage, terms: BodyTerms): Promise<Record<string, unknown>> {
  assertReadable(request);
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > terms.mostBytes) throw tooLarge(terms.mostBytes);
  const share = terms.open(announced);
  try {
    return parseBody(await readBytes(request, terms, (bytes) => announced === 0 && share.take(bytes)));
  } finally {
    share.close();
  }
}

function assertReadable({ headers }: IncomingMessage): void {
  if (!/^application\/([\w.-]+\+)?json\b/i.test(headers['content-type'] ?? ''))
    throw refused("The body must be JSON, with the header 'Content-Type: application/json'.");
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw refused('The body must be sent without a Content-Encoding.');
}

/**
 * What comes after a failure is dropped, so that the refusal can be read and the connection used again.
 * @param onBytes told of each piece before it is kept; what it throws ends the reading
 */
function readBytes(
  request: IncomingMessage,
  { mostBytes, timeoutMs, onTimeout }: BodyTerms,
  onBytes: (bytes: number) => void,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const begunMs = performance.now();
    const pieces: Buffer[] = [];
    let bytes = 0;
    let timer: NodeJS.Timeout;
    const settle = (then: () => void) => {
      clearTimeout(timer);
      request.off('data', keep).off('end', end).off('close', breakOff);
      then();
    };
    const fail = (error: Error) => settle(() => reject(error));
    const end = () => settle(() => resolve(Buffer.concat(pieces, bytes)));
    const breakOff = () => fail(refused('The body was not sent completely.'));
    const keep = (piece: Buffer) => {
      bytes += piece.length;
      try {
        if (bytes > mostBytes) throw tooLarge(mostBytes);
        onBytes(piece.length);
        pieces.push(piece);
      } catch (error) {
        fail(error as Error);
      }
    };
    const watch = () => {
      const leftMs = begunMs + timeoutMs + (bytes / SLOWEST_BYTES) * 1_000 - performance.now();
      if (leftMs > 0) return (timer = setTimeout(watch, leftMs));
      onTimeout();
      return fail(refused('The body was not sent in time.'));
    };
    request
      .on('data', keep)
      .once('end', end)
      .once('close', breakOff)
      .on('error', () => undefined);
    watch();
  });
}

function parseBody(bytes: Buffer): Record<string, unknown> {
  if (!isUtf8(bytes)) throw refused('The body must be JSON in UTF-8.');
  const text = bytes.toString();
  if (hasTooManyMembers(text)) throw refused(`The body must have at most ${MOST_MEMBERS} fields and elements.`);
  const body = parse(text);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw refused('The body must be a JSON object.');
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
