import type { IncomingMessage } from 'node:http';
import { isObject } from './wires/message-text.js';
import type { JsonObject } from './wires/wire.js';

/** Reads a request's body whole, as a JSON object; undefined: it is none. An empty body is an empty object. */
export async function readJsonObject(request: IncomingMessage): Promise<JsonObject | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}
