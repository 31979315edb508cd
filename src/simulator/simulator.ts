import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { World } from './admission.js';
import { Bill, type SimulatorStats } from './bill.js';
import { CallLog, type Call } from './call-log.js';
import { forceFault, resetWorld } from './control.js';
import { dispatch } from './dispatch.js';
import { ForcedFaults, type FaultScope, type ForcedFault } from './faults/forced-faults.js';
import { PromptCache } from './prompt-cache.js';
import { videoAccount, type VideoJobReport } from './video/video-account.js';
import type { VideoCall } from './video/video-calls.js';
import { forceVideoFault, type ForcedVideoFault, type VideoFaultScope } from './video/video-faults.js';
import { newVideoWorld } from './video/video-world.js';

const KEEP_ALIVE_MS = 60_000;
const BACKLOG = 2_048;
const DEFAULT_GAP_MS = 15;

export interface SimulatorOptions {
  /** Absent or 0: a free one. */
  port?: number;
  host?: string;
  /** Time between two deltas where no script says otherwise (default 15). */
  gapMs?: number;
  /** How long a video takes where no script says (default: 3,000 and 150 more for each of its seconds). */
  videoMs?: number;
}

/** A running simulated provider. */
export interface Simulator {
  /** `http://127.0.0.1:PORT`: the base URL for Anthropic's client; OpenAI's wants `/v1` after it. */
  readonly url: string;
  readonly port: number;
  /**
   * Forces a fault on all requests in its scope; it replaces the one of the same scope. `fault: null` lifts that one,
   * no argument lifts all.
   * @throws ScriptError where the fault or an option of it is unknown.
   */
  setFault(fault?: ForcedFault | ({ fault: null } & FaultScope)): void;
  stats(): SimulatorStats;
  /** Every request, in the order in which they came: the last 10,000. */
  calls(): Call[];
  /** Forces a fault on all requests for videos in its scope, as `setFault` does. @throws ScriptError */
  setVideoFault(fault?: ForcedVideoFault | ({ fault: null } & VideoFaultScope)): void;
  /** Every video job that was ever begun, whoever asked for it: the last 10,000, oldest first. */
  videoJobs(): VideoJobReport[];
  /** Every request for videos, in the order in which they came: the last 10,000. */
  videoCalls(): VideoCall[];
  /** Forgets counts, calls, bill, bodies, forced faults, cached prompts and videos. */
  reset(): void;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/** Starts a provider that speaks OpenAI's, Anthropic's and Runway's wires and does what its callers script. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', gapMs = DEFAULT_GAP_MS, videoMs } = options;
  const world: World = {
    bill: new Bill(),
    calls: new CallLog(),
    forcedFaults: new ForcedFaults(),
    promptCache: new PromptCache(),
    gapMs,
    video: newVideoWorld(videoMs),
  };
  const server = serverOf(world);
  server.listen({ port, host, backlog: BACKLOG });
  await once(server, 'listening');
  const { port: ownPort } = server.address() as AddressInfo;
  return {
    url: `http://${reachable(host)}:${ownPort}`,
    port: ownPort,
    setFault: (fault) => forceFault(world, { ...fault }),
    stats: () => world.bill.stats(),
    calls: () => world.calls.all(),
    setVideoFault: (fault) => forceVideoFault(world.video.faults, { ...fault }),
    videoJobs: () => videoAccount(world.video).jobs,
    videoCalls: () => world.video.calls.all(),
    reset: () => resetWorld(world),
    close: () => closeServer(server),
  };
}

function serverOf(world: World): Server {
  const usedConnections = new WeakSet<Socket>();
  const server = createServer({ noDelay: true, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const isReused = usedConnections.has(request.socket);
    usedConnections.add(request.socket);
    dispatch(request, response, isReused, world).catch((error: unknown) => {
      // Either the caller hung up while its request was read, or this is a mistake in here, which must not go unseen.
      if (!request.socket.destroyed) process.emitWarning(`simulator: ${String(error)}`);
      request.socket.destroy();
    });
  });
  return server;
}

function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
