import { openBrowserSocket } from './browser-socket.js';
import type { McpClientOptions } from './client-options.js';
import { BaseClient } from './mcp-client.js';
import type { Platform } from './socket.js';

export * from './api.js';

const BROWSER: Platform = {
  openSocket: openBrowserSocket,
  onNetwork: (listener) =>
    listenAll([
      [globalThis, 'online', () => listener(true)],
      [globalThis, 'offline', () => listener(false)],
      [globalThis.document, 'visibilitychange', () => document.visibilityState === 'visible' && listener(true)],
    ]),
  onLeave: (listener) => listenAll([[globalThis, 'pagehide', listener]]),
};

/** The client for a browser, or any place with WebSocket and fetch: a ticket opens the socket. */
export class McpClient extends BaseClient {
  constructor(options: McpClientOptions) {
    super(options, BROWSER);
  }
}

/** A worker has no document, and some places have no events at all. @returns what ends the listening */
function listenAll(wanted: [EventTarget | undefined, string, () => void][]): () => void {
  const there = wanted.filter(([target]) => typeof target?.addEventListener === 'function');
  for (const [target, name, listener] of there) target!.addEventListener(name, listener);
  return () => {
    for (const [target, name, listener] of there) target!.removeEventListener(name, listener);
  };
}
