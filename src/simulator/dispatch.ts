import type { IncomingMessage, ServerResponse } from 'node:http';
import type { World } from './admission.js';
import { isControlPath, serveControl } from './control.js';
import { Exchange, uniqueId } from './exchange.js';
import { ScriptError } from './faults/fault-order.js';
import { readJsonObject } from './request-body.js';
import { routeOf, type Route } from './routes.js';
import { serveVideo, videoRouteOf } from './video/video-endpoint.js';
import { Rejection, type JsonObject, type VendorError } from './wires/wire.js';

/** Takes one HTTP request to whoever serves it. */
export async function dispatch(
  request: IncomingMessage,
  response: ServerResponse,
  isOnReusedConnection: boolean,
  world: World,
): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0]!;
  if (isControlPath(path)) return serveControl(path, request, response, world);
  const videoRoute = videoRouteOf(path);
  if (videoRoute) return serveVideo(videoRoute, request, response, world.video);
  const route = routeOf(request.method ?? '', path, request.headers);
  const account = world.bill.open(route.vendor.wire, uniqueId('req_'));
  const exchange = new Exchange(request, response, route.vendor, account, isOnReusedConnection);
  const body = await readJsonObject(request);
  const error = route.vendor.keyError(request.headers) ?? (body ? undefined : unreadable(route));
  if (error || !body) return reject(exchange, error ?? unreadable(route));
  if (request.method === 'POST') keep(exchange, path, body, world);
  world.calls.note(route.vendor.wire, typeof body.model === 'string' ? body.model : '', response);
  serve(route, exchange, body, world);
}

function serve(route: Route, exchange: Exchange, body: JsonObject, world: World): void {
  try {
    route.serve(exchange, body, world);
  } catch (error) {
    reject(exchange, vendorErrorOf(error, exchange));
  }
}

/** What is said of a request that can't be served; a mistake of the simulator's own is none of these. */
function vendorErrorOf(error: unknown, { vendor }: Exchange): VendorError {
  if (error instanceof Rejection) return error.error;
  if (error instanceof ScriptError) return vendor.badRequest(`Bad simulator script: ${error.message}`);
  throw error;
}

function reject(exchange: Exchange, error: VendorError): void {
  exchange.account.close('rejected');
  exchange.refuse(error);
}

function unreadable({ vendor }: Route): VendorError {
  return vendor.badRequest('We could not parse the JSON body of your request.');
}

function keep(exchange: Exchange, path: string, body: JsonObject, { bill }: World): void {
  bill.keepBody({ wire: exchange.vendor.wire, path, body });
  if (typeof body.model === 'string') exchange.account.attribute(bill.countsOf(body.model));
}
