import type { IncomingMessage, ServerResponse } from 'node:http';
import type { World } from './admission.js';
import { ScriptError } from './faults/fault-order.js';
import { readForcedFault, readScope } from './faults/forced-faults.js';
import { readJsonObject } from './request-body.js';
import { videoAccount } from './video/video-account.js';
import { forceVideoFault } from './video/video-faults.js';
import { resetVideoWorld } from './video/video-world.js';
import type { JsonObject } from './wires/wire.js';

type Control = (world: World, body: JsonObject) => object;

/** What other processes can ask of the simulator itself. */
const CONTROLS: Record<string, Control> = {
  'GET /_stats': ({ bill }) => bill.stats(),
  'POST /_fault': (world, body) => {
    forceFault(world, body);
    return { ok: true };
  },
  'GET /_videos': ({ video }) => videoAccount(video),
  'POST /_video-fault': ({ video }, body) => {
    forceVideoFault(video.faults, body);
    return { ok: true };
  },
  'POST /_reset': (world) => {
    resetWorld(world);
    return { ok: true };
  },
};

export function isControlPath(path: string): boolean {
  return path.startsWith('/_');
}

/** As if nothing had happened yet. */
export function resetWorld({ bill, calls, forcedFaults, promptCache, video }: World): void {
  bill.reset();
  calls.reset();
  forcedFaults.clearAll();
  promptCache.clear();
  resetVideoWorld(video);
}

/** Answers a request for the control surface. */
export async function serveControl(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  world: World,
): Promise<void> {
  const key = `${request.method} ${path}`;
  const control = Object.hasOwn(CONTROLS, key) ? CONTROLS[key] : undefined;
  if (!control) return send(response, 404, { error: `no ${key} here; known: ${Object.keys(CONTROLS).join(', ')}` });
  const body = await readJsonObject(request);
  if (!body) return send(response, 400, { error: 'the body is no JSON object' });
  try {
    send(response, 200, control(world, body));
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    send(response, 400, { error: error.message });
  }
}

/**
 * Forces a fault, or lifts it: `fault: null` for that of the same scope, an empty object for all.
 * @throws ScriptError saying what is wrong and what is allowed.
 */
export function forceFault({ forcedFaults }: World, body: JsonObject): void {
  if (Object.keys(body).length === 0) return forcedFaults.clearAll();
  if (body.fault !== null) return forcedFaults.set(readForcedFault(body));
  const { fault: _, ...scope } = body;
  const unknown = Object.keys(scope).find((key) => key !== 'wire' && key !== 'model');
  if (unknown !== undefined) throw new ScriptError(`fault null takes wire and model only, not '${unknown}'`);
  forcedFaults.clear(readScope(scope));
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
