import type { McpClientOptions } from './client-options.js';
import { BaseClient } from './mcp-client.js';
import { openNodeSocket } from './node-socket.js';
import type { Platform } from './socket.js';

export * from './api.js';

const never = () => () => undefined;
const NODE: Platform = { openSocket: openNodeSocket, onNetwork: never, onLeave: never };

/** The client for Node: the token goes out as a header. */
export class McpClient extends BaseClient {
  constructor(options: McpClientOptions) {
    super(options, NODE);
  }
}
