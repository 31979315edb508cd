import { Inject, Injectable } from '@nestjs/common';
import { CLOSE_CODES } from '../streaming/close-codes.js';
import { SocketTraffic, type RefusedOn } from '../streaming/socket-traffic.js';
import { OTHER } from './bounded-names.js';
import { MetricsRegistry } from './metrics-registry.js';
import { alone, counter, gauge } from './samples.js';

/** Ours, and those that say: done, going away, without a code, without a goodbye. */
const TOLD_CODES: ReadonlySet<number> = new Set([...Object.values(CLOSE_CODES), 1000, 1001, 1005, 1006]);

const REFUSED_ON: readonly RefusedOn[] = ['upgrade', 'frame'];

/** The WebSocket's connections and frames. */
@Injectable()
export class SocketMetrics {
  constructor(@Inject(MetricsRegistry) registry: MetricsRegistry, @Inject(SocketTraffic) traffic: SocketTraffic) {
    gauge(registry, {
      name: 'mcp_connections_open',
      help: 'Sockets that are open on this node.',
      read: () => alone(traffic.open),
    });
    counter(registry, {
      name: 'mcp_connections_opened_total',
      help: 'Sockets that were opened.',
      read: () => alone(traffic.opened),
    });
    counter(registry, {
      name: 'mcp_connections_closed_total',
      help: 'Sockets that were closed, by close code; codes that are not in docs/protocol.md count as other.',
      labelNames: ['code'],
      read: () => [...traffic.closed].map(([code, count]) => [{ code: closeLabel(code) }, count] as const),
    });
    counter(registry, {
      name: 'mcp_frames_received_total',
      help: 'Frames that clients sent.',
      read: () => alone(traffic.framesIn),
    });
    counter(registry, {
      name: 'mcp_frames_sent_total',
      help: 'Frames that were handed to sockets.',
      read: () => alone(traffic.framesOut),
    });
    counter(registry, {
      name: 'mcp_frame_bytes_received_total',
      help: 'Bytes of frames that clients sent.',
      read: () => alone(traffic.bytesIn),
    });
    counter(registry, {
      name: 'mcp_frame_bytes_sent_total',
      help: 'Bytes of frames that were handed to sockets; characters beyond ASCII may count as one.',
      read: () => alone(traffic.bytesOut),
    });
    counter(registry, {
      name: 'mcp_refusals_total',
      help: 'Upgrades and frames of the WebSocket that were answered with an error, by its code; nothing is charged for them.',
      labelNames: ['on', 'code'],
      read: () =>
        REFUSED_ON.flatMap((on) => [...traffic.refused[on]].map(([code, count]) => [{ on, code }, count] as const)),
    });
  }
}

/** A client may close with any code. */
function closeLabel(code: number): string {
  return TOLD_CODES.has(code) ? String(code) : OTHER;
}
