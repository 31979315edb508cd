import type { IncomingHttpHeaders } from 'node:http';
import type { World } from './admission.js';
import { serveEmbeddings } from './embeddings-endpoint.js';
import type { Exchange } from './exchange.js';
import { serveText } from './text-endpoint.js';
import { ANTHROPIC } from './wires/anthropic-vendor.js';
import { ANTHROPIC_WIRE } from './wires/anthropic-wire.js';
import { modelList } from './wires/models.js';
import { OPENAI } from './wires/openai-vendor.js';
import { OPENAI_WIRE } from './wires/openai-wire.js';
import type { JsonObject, Vendor } from './wires/wire.js';

/** Serves one kind of request. @throws Rejection or ScriptError before anything was sent. */
type Serve = (exchange: Exchange, body: JsonObject, world: World) => void;

export interface Route {
  vendor: Vendor;
  serve: Serve;
}

const ROUTES: Record<string, Route> = {
  'POST /chat/completions': { vendor: OPENAI, serve: (...request) => serveText(OPENAI_WIRE, ...request) },
  'POST /embeddings': { vendor: OPENAI, serve: serveEmbeddings },
  'POST /messages': { vendor: ANTHROPIC, serve: (...request) => serveText(ANTHROPIC_WIRE, ...request) },
};

/** Finds who serves a path, with `/v1` before it or without. */
export function routeOf(method: string, path: string, headers: IncomingHttpHeaders): Route {
  const shortPath = path.replace(/^\/v1(?=\/)/, '');
  const key = `${method} ${shortPath}`;
  if (Object.hasOwn(ROUTES, key)) return ROUTES[key]!;
  const vendor = callerOf(headers);
  return key === 'GET /models' ? { vendor, serve: serveModels } : { vendor, serve: notFound };
}

/** Whose client it is that calls, where the path doesn't say. */
function callerOf(headers: IncomingHttpHeaders): Vendor {
  return headers['anthropic-version'] === undefined ? OPENAI : ANTHROPIC;
}

function serveModels(exchange: Exchange): void {
  exchange.account.close('completed');
  exchange.json(200, modelList(exchange.vendor.wire));
}

function notFound(exchange: Exchange): void {
  exchange.account.close('rejected');
  exchange.refuse(exchange.vendor.notFound(exchange.request.url ?? ''));
}
